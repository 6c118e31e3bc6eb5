"""What became of a transaction: the words, the reasons, and a sentence for each in both languages.

Only `posted` wrote ledger rows. A reason's code is stable and stands in the API; its sentences say
what happened and what to do, for the person who holds the goods. A device takes an outcome only if
its `rev` is newer than the one it has, so order and repeats do not matter.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from shared.wire.fields import Count, Number, OptionalCode, Sentence, Text, Whole


class Status(StrEnum):
    """The outcome words, the same on every surface; mismatch and fork answer a bad push only."""

    RECEIVED = "received"
    WAITING = "waiting"
    POSTED = "posted"
    AWAITING_APPROVAL = "awaiting_approval"
    PARKED = "parked"
    REFUSED = "refused"
    QUARANTINED = "quarantined"
    MISMATCH = "mismatch"
    FORK = "fork"


FINAL = frozenset({Status.POSTED, Status.REFUSED})
NEEDS_A_PERSON = frozenset({Status.PARKED, Status.AWAITING_APPROVAL, Status.QUARANTINED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One transaction's state at the server; `entries` counts the ledger rows that it wrote."""

    # Not an Identity: an unreadable item is answered under whatever id it came with.
    transaction_id: Annotated[str, Text(max_length=100)]
    status: Status
    rev: Annotated[int, Whole(low=0, high=2**31 - 1)]
    code: OptionalCode = ""
    hint: Sentence = ""
    document_no: Number = ""
    entries: Count = 0
    need: OptionalCode = ""
    decided_by: Number = ""


# code: (English, French). {hint} is what the server knows of this case: a quantity, a bin, a pointer.
REASONS: dict[str, tuple[str, str]] = {
    "insufficient_at_bin": (
        "The books say less is in this bin. {hint}",
        "Selon les livres, il y en a moins dans cet emplacement. {hint}",
    ),
    "insufficient_stock": (
        "The books say less is here. {hint}",
        "Selon les livres, il y en a moins ici. {hint}",
    ),
    "posting_date_not_allowed": (
        "Nobody may post on this date now. Someone in the office allows the date, or posts it again. {hint}",
        "Personne ne peut valider à cette date. Le bureau autorise la date ou valide à nouveau. {hint}",
    ),
    "inventory_period_closed": (
        "The stock period of this date is closed. The office reopens it, then it posts. {hint}",
        "La période de stock de cette date est clôturée. Le bureau la rouvre, puis c’est validé. {hint}",
    ),
    "valuation_date_too_early": (
        "The books take no value of so early a date. {hint}",
        "Les livres n’acceptent pas de valeur à une date si ancienne. {hint}",
    ),
    "entry_unknown": (
        "There is no such entry for this item here. Look the entry up again. {hint}",
        "Cette écriture n’existe pas pour cet article ici. Recherchez-la à nouveau. {hint}",
    ),
    "insufficient_remaining_quantity": (
        "The entry that was named has not so much left. Choose another, or take less. {hint}",
        "L’écriture indiquée n’a plus autant en reste. Choisissez-en une autre ou prenez moins. {hint}",
    ),
    "already_applied": (
        "Something was taken from this receipt already. Post a return instead. {hint}",
        "Une partie de cette réception est déjà sortie. Validez plutôt un retour. {hint}",
    ),
    "already_invoiced": (
        "This is invoiced already. Post a return instead. {hint}",
        "C’est déjà facturé. Validez plutôt un retour. {hint}",
    ),
    "tracking_required": (
        "This item has lot or serial numbers. Scan the number too. {hint}",
        "Cet article a des numéros de lot ou de série. Scannez aussi le numéro. {hint}",
    ),
    "not_end_of_average_cost_period": (
        "An item with average cost is revalued on the last day of its period. Choose that day. {hint}",
        "Un article au coût moyen se réévalue le dernier jour de sa période. Choisissez ce jour. {hint}",
    ),
    "unadjusted_entries": (
        "Costs are still to be adjusted. Run the cost adjustment first. {hint}",
        "Des coûts restent à ajuster. Lancez d’abord l’ajustement des coûts. {hint}",
    ),
    "negative_inventory": (
        "An issue up to this day has no receipt yet. Post what covers it first. {hint}",
        "Une sortie jusqu’à ce jour n’a pas encore de réception. Validez d’abord ce qui la couvre. {hint}",
    ),
    "same_place": (
        "A transfer goes to another location. Choose one. {hint}",
        "Un transfert va vers un autre magasin. Choisissez-en un. {hint}",
    ),
    "not_revaluable": (
        "Nothing here can be revalued on this date. {hint}",
        "Rien ici ne peut être réévalué à cette date. {hint}",
    ),
    "item_unknown": (
        "The books do not know this item yet. It posts once the item exists. {hint}",
        "Les livres ne connaissent pas encore cet article. Validé dès qu’il existe. {hint}",
    ),
    "item_blocked": (
        "This item is blocked. It posts once it is unblocked. {hint}",
        "Cet article est bloqué. Validé dès qu’il est débloqué. {hint}",
    ),
    "variant_unknown": (
        "The books do not know this variant. {hint}",
        "Les livres ne connaissent pas cette variante. {hint}",
    ),
    "location_unknown": (
        "The books do not know this location. {hint}",
        "Les livres ne connaissent pas ce magasin. {hint}",
    ),
    "bin_unknown": (
        "The books do not know this bin. {hint}",
        "Les livres ne connaissent pas cet emplacement. {hint}",
    ),
    "bin_missing": (
        "This location keeps its stock in bins. Scan the bin again. {hint}",
        "Ce magasin est géré par emplacements. Scannez de nouveau l’emplacement. {hint}",
    ),
    "bin_not_used": (
        "This location has no bins. {hint}",
        "Ce magasin n’a pas d’emplacements. {hint}",
    ),
    "bin_blocked": (
        "Bin {hint} is blocked. Move it elsewhere.",
        "{hint} est bloqué. Rangez-le ailleurs.",
    ),
    "same_bin": (
        "From and to are the same bin. Nothing was moved. {hint}",
        "Départ et arrivée sont le même emplacement. Rien n’a été déplacé. {hint}",
    ),
    "quantity_not_positive": (
        "The quantity must be above 0. Scan it again. {hint}",
        "La quantité doit être supérieure à 0. Scannez de nouveau. {hint}",
    ),
    "serial_quantity": (
        "A serial number is one piece. Scan it again. {hint}",
        "Un n° de série est une pièce. Scannez de nouveau. {hint}",
    ),
    "serial_in_stock": (
        "This serial number is in stock already. {hint}",
        "Ce n° de série est déjà en stock. {hint}",
    ),
    "expiry_differs": (
        "The books have another expiry date for this lot. {hint}",
        "Les livres ont une autre date de péremption pour ce lot. {hint}",
    ),
    "reason_unknown": (
        "The books do not know this reason. {hint}",
        "Les livres ne connaissent pas ce motif. {hint}",
    ),
    "reason_direction": (
        "This reason is for the other direction. Choose another reason. {hint}",
        "Ce motif est pour l’autre sens. Choisissez un autre motif. {hint}",
    ),
    "unit_factor_changed": (
        "The unit holds another number of pieces now. A supervisor looks at it. {hint}",
        "L’unité contient un autre nombre de pièces. Un responsable vérifie. {hint}",
    ),
    "over_limit": (
        "Over the limit of this reason. A supervisor looks at it. {hint}",
        "Au-dessus de la limite de ce motif. Un responsable vérifie. {hint}",
    ),
    "doubtful_time": (
        "The time of this scan is uncertain. A supervisor looks at it. {hint}",
        "L’heure de ce scan est incertaine. Un responsable vérifie. {hint}",
    ),
    "worker_unknown": (
        "The books do not know who scanned this. A supervisor looks at it. {hint}",
        "Les livres ne savent pas qui a scanné. Un responsable vérifie. {hint}",
    ),
    "worker_blocked": (
        "The worker had no right to do this then. A supervisor looks at it. {hint}",
        "La personne n’en avait pas le droit à ce moment. Un responsable vérifie. {hint}",
    ),
    "stated_date_not_allowed": (
        "This source may not state a date or a cost. {hint}",
        "Cette source ne peut pas indiquer de date ni de coût. {hint}",
    ),
    "kind_not_allowed": (
        "Only the office posts this. Post it there. {hint}",
        "Seul le bureau valide cela. Validez-le là-bas. {hint}",
    ),
    "predecessor_open": (
        "Waits for another transaction. It posts by itself. {hint}",
        "Attend une autre transaction. Se valide tout seul. {hint}",
    ),
    "depends_on_refused": (
        "What came before it was refused. {hint}",
        "Ce qui précède a été refusé. {hint}",
    ),
    "unreadable": (
        "The server cannot read this. It is kept for the back office. {hint}",
        "Le serveur ne peut pas le lire. Conservé pour le bureau. {hint}",
    ),
    "needs_newer_server": (
        "The server must be updated first. Your scan is kept. {hint}",
        "Le serveur doit d’abord être mis à jour. Votre scan est conservé. {hint}",
    ),
    "server_error": (
        "Our fault. Your scan is kept and someone looks at it. {hint}",
        "C’est notre faute. Votre scan est conservé et quelqu’un vérifie. {hint}",
    ),
    "device_revoked": (
        "This device was withdrawn. A supervisor releases its scans. {hint}",
        "Cet appareil a été retiré. Un responsable libère ses scans. {hint}",
    ),
    "decided": (
        "Refused by {hint}",
        "Refusé par {hint}",
    ),
}


def sentence(code: str, hint: str, language: str) -> str:
    """What to tell a person about a reason, in "en" or "fr"; an unknown code is shown as it is."""
    english_french = REASONS.get(code)
    if english_french is None:
        return f"{code} {hint}".strip()
    return english_french[1 if language == "fr" else 0].format(hint=hint).strip()
