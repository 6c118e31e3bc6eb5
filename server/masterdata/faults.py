"""What is wrong with a card: where, why, and what to do, in both languages.

A change of master data is refused as a whole with every fault that was found, so that a person mends a file
once and not line by line. `kind` says what a fault is to a caller: the card itself is wrong (invalid), it
clashes with what is there (conflict), or what it names is missing (missing).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What a fault is to the one who asked for the change."""

    INVALID = "invalid"
    CONFLICT = "conflict"
    MISSING = "missing"


# code: (kind, English, French); {found} and {expected} are of the case at hand.
FAULTS: dict[str, tuple[FaultKind, str, str]] = {
    "value": (
        FaultKind.INVALID,
        "Expected {expected}, found {found}. Correct it.",
        "Attendu : {expected}, trouvé : {found}. Corrigez.",
    ),
    "code_spaces": (
        FaultKind.INVALID,
        "{found} begins or ends with a space. Take the space away.",
        "{found} commence ou finit par une espace. Retirez-la.",
    ),
    "code_slash": (
        FaultKind.INVALID,
        "{found} holds a slash, which the code of a place cannot. Write it otherwise.",
        "{found} contient une barre oblique, interdite dans ce code. Écrivez-le autrement.",
    ),
    "below_zero": (
        FaultKind.INVALID,
        "Expected {expected} or more, found {found}. Correct it.",
        "Attendu : {expected} ou plus, trouvé : {found}. Corrigez.",
    ),
    "not_above_zero": (
        FaultKind.INVALID,
        "Expected a quantity above 0, found {found}. Correct it.",
        "Attendu : une quantité supérieure à 0, trouvé : {found}. Corrigez.",
    ),
    "base_unit_factor": (
        FaultKind.INVALID,
        "The base unit holds exactly 1 of itself, found {found}. Set it to 1, or choose another base unit.",
        "L’unité de base vaut exactement 1, trouvé : {found}. Mettez 1 ou choisissez une autre unité.",
    ),
    "factor_precision": (
        FaultKind.INVALID,
        "{found} base units are no multiple of the base unit's precision {expected}. Change one of the two.",
        "{found} n’est pas un multiple de la précision {expected} de l’unité de base. Changez l’un des deux.",
    ),
    "twice": (
        FaultKind.INVALID,
        "{found} is there twice. Take one away.",
        "{found} figure deux fois. Retirez-en un.",
    ),
    "unit_not_of_item": (
        FaultKind.INVALID,
        "The item has no unit {found}. Add the unit to the item first.",
        "L’article n’a pas d’unité {found}. Ajoutez d’abord l’unité à l’article.",
    ),
    "variant_not_of_item": (
        FaultKind.INVALID,
        "The item has no variant {found}. Add the variant to the item first.",
        "L’article n’a pas de variante {found}. Ajoutez d’abord la variante à l’article.",
    ),
    "one_code_per_unit": (
        FaultKind.INVALID,
        "{found} already has a bar code for this variant and unit. Leave the unit blank, or take one away.",
        "{found} a déjà un code-barres pour cette variante et unité. Laissez l’unité vide ou retirez-en un.",
    ),
    "check_digit": (
        FaultKind.INVALID,
        "{found} is no GTIN: its check digit should be {expected}. Read the digits again.",
        "{found} n’est pas un GTIN : la clé devrait être {expected}. Relisez les chiffres.",
    ),
    "gtin_length": (
        FaultKind.INVALID,
        "{found} is no GTIN: expected 8, 12, 13 or 14 digits. Read the digits again.",
        "{found} n’est pas un GTIN : 8, 12, 13 ou 14 chiffres attendus. Relisez les chiffres.",
    ),
    "no_stock_no_tracking": (
        FaultKind.INVALID,
        "Only inventory items have lots or serial numbers. Set tracking to none.",
        "Seuls les articles stockés ont des lots ou des n° de série. Mettez le suivi à none.",
    ),
    "no_stock_no_method": (
        FaultKind.INVALID,
        "Only inventory items have the costing method {found}. Set it to FIFO.",
        "Seuls les articles stockés ont le mode de coût {found}. Mettez FIFO.",
    ),
    "specific_needs_tracking": (
        FaultKind.INVALID,
        "Specific costing tells pieces apart by lot or serial number. Set tracking to one of them first.",
        "Le coût réel distingue les pièces par lot ou n° de série. Choisissez d’abord l’un des deux.",
    ),
    "standard_shares": (
        FaultKind.INVALID,
        "The shares sum to {found}, expected the standard cost {expected}. Correct them, or clear all.",
        "Les parts totalisent {found}, attendu : le coût standard {expected}. Corrigez-les ou videz-les.",
    ),
    "time_zone": (
        FaultKind.INVALID,
        "{found} is no time zone. Write it like Europe/London.",
        "{found} n’est pas un fuseau horaire. Écrivez-le comme Europe/London.",
    ),
    "default_bin_without_bins": (
        FaultKind.INVALID,
        "A location without bins has no {found}. Take it away, or make bins mandatory.",
        "Un magasin sans emplacements n’a pas de {found}. Retirez-le ou gérez-le par emplacements.",
    ),
    "exists": (
        FaultKind.CONFLICT,
        "{found} exists already. Change it, or choose another code.",
        "{found} existe déjà. Modifiez-le ou choisissez un autre code.",
    ),
    "code_taken": (
        FaultKind.CONFLICT,
        "{found} already means item {expected}. Take it away there first.",
        "{found} désigne déjà l’article {expected}. Retirez-le d’abord là-bas.",
    ),
    "changed_meanwhile": (
        FaultKind.CONFLICT,
        "Somebody changed {found} meanwhile. Read it again, then change it.",
        "Quelqu’un a modifié {found} entre-temps. Relisez-le, puis modifiez-le.",
    ),
    "key_fixed": (
        FaultKind.CONFLICT,
        "The key cannot change from {expected} to {found}. Create a new one instead.",
        "La clé ne peut pas passer de {expected} à {found}. Créez-en un nouveau.",
    ),
    "has_entries": (
        FaultKind.CONFLICT,
        "{found} has ledger entries, so this stays as it is: {expected}.",
        "{found} a des écritures, ceci reste donc tel quel : {expected}.",
    ),
    "unit_in_use": (
        FaultKind.CONFLICT,
        "Unit {found} is used by warehouse entries or open entries, so it stays at {expected}.",
        "L’unité {found} est utilisée par des écritures, elle reste donc à {expected}.",
    ),
    "variant_in_use": (
        FaultKind.CONFLICT,
        "Variant {found} has ledger entries. Block it instead.",
        "La variante {found} a des écritures. Bloquez-la plutôt.",
    ),
    "in_use": (
        FaultKind.CONFLICT,
        "{found} is used by {expected}. Take it away there first.",
        "{found} est utilisé par {expected}. Retirez-le d’abord là-bas.",
    ),
    "bin_not_empty": (
        FaultKind.CONFLICT,
        "Bin {found} is not empty. Move the goods first.",
        "L’emplacement {found} n’est pas vide. Déplacez d’abord les articles.",
    ),
    "has_stock": (
        FaultKind.CONFLICT,
        "{found} has stock, so this stays as it is: {expected}.",
        "{found} a du stock, ceci reste donc tel quel : {expected}.",
    ),
    "period_closed": (
        FaultKind.CONFLICT,
        "The period that ends on {found} is closed. Reopen it first.",
        "La période qui finit le {found} est clôturée. Rouvrez-la d’abord.",
    ),
    "period_open": (
        FaultKind.CONFLICT,
        "The period that ends on {found} is open. There is nothing to reopen.",
        "La période qui finit le {found} est ouverte. Il n’y a rien à rouvrir.",
    ),
    "period_before_closed": (
        FaultKind.CONFLICT,
        "A period that ends on {expected} is closed, so none may end on {found}. Choose a later day.",
        "La période finissant le {expected} est clôturée, aucune ne peut finir le {found}. Choisissez après.",
    ),
    "dates_crossed": (
        FaultKind.INVALID,
        "The first allowed day {found} lies after the last one {expected}. Correct one of the two.",
        "Le premier jour permis {found} est après le dernier {expected}. Corrigez l’un des deux.",
    ),
    "default_elsewhere": (
        FaultKind.CONFLICT,
        "The item's default bin at this location is {expected}. Take the default away there first.",
        "L’emplacement par défaut de l’article ici est {expected}. Retirez-le d’abord là-bas.",
    ),
    "unknown": (
        FaultKind.MISSING,
        "There is no {expected} {found}. Create it first, or correct the code.",
        "Il n’y a pas de {expected} {found}. Créez-le d’abord ou corrigez le code.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong; `pointer` is the JSON pointer to it within the card ("" for the whole)."""

    code: str
    pointer: str = ""
    found: str = ""
    expected: str = ""

    @property
    def kind(self) -> FaultKind:
        """What the fault is to the one who asked."""
        return FAULTS[self.code][0]

    def sentence(self, language: str = "en") -> str:
        """What to tell a person, in "en" or "fr"."""
        words = FAULTS[self.code][2 if language == "fr" else 1]
        return words.format(found=self.found or "—", expected=self.expected)


class ChangeRefused(Exception):
    """A change of master data that the rules refuse; nothing of it was written."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        assert self.faults
        super().__init__("; ".join(f"{fault.pointer or '/'}: {fault.sentence()}" for fault in self.faults))


class CardMissing(LookupError):
    """There is no card of this kind and key."""

    def __init__(self, what: str, key: str) -> None:
        self.what, self.key = what, key
        super().__init__(f"no {what} {key}")
