"""Texts of what stands around every task: the strip, sign-in, home, the queue, the outcomes."""

from __future__ import annotations

from collections.abc import Mapping

from terminal.words.text import Text

FRAME_TEXTS: Mapping[str, Text] = {
    "strip.offline_since": Text("Offline since {time}", "Hors ligne depuis {time}"),
    "strip.offline": Text("Offline", "Hors ligne"),
    "strip.online": Text("Online", "En ligne"),
    "strip.no_answer": Text("No answer yet", "Pas encore de réponse"),
    "strip.all_sent": Text("All sent", "Tout est envoyé"),
    "strip.waiting": Text("{n} waiting", "{n} en attente"),
    "strip.waiting_word": Text("waiting", "en attente"),
    "strip.signs_in_offline": Text("Sign-in works offline", "La connexion marche hors ligne"),
    "strip.opens_queue": Text("Opens what became of my scans", "Ouvre le suivi de mes scans"),
    "sign_in.pin": Text("Enter your PIN", "Entrez votre code"),
    "sign_in.scans_stay_safe": Text(
        "{name}’s {n} scans stay safe.",
        "Les {n} scans de {name} sont conservés.",
        "{name}’s scan stays safe.",
        "Le scan de {name} est conservé.",
    ),
    "sign_in.wrong_pin": Text(
        "Wrong PIN. {n} tries left.",
        "Code faux. Encore {n} essais.",
        "Wrong PIN. 1 try left.",
        "Code faux. Encore {n} essai.",
    ),
    "stock.as_of": Text("Stock as of {time}, {age} ago.", "Stock de {time}, il y a {age}."),
    "outcome.queued": Text("On this device", "Sur cet appareil"),
    "outcome.received": Text("Received", "Reçu"),
    "outcome.waiting": Text("Waiting", "En file"),
    "outcome.posted": Text("Posted", "Validé"),
    "outcome.awaiting_approval": Text("Awaiting approval", "À approuver"),
    "outcome.parked": Text("Parked", "Mis de côté"),
    "outcome.refused": Text("Refused", "Refusé"),
    "outcome.quarantined": Text("Quarantined", "En quarantaine"),
    "button.undo": Text("Undo {what}", "Annuler {what}"),
    "button.undo_last": Text("Undo the scan before", "Annuler le scan précédent"),
    "button.times": Text("{n} ×", "{n} ×"),
    "button.back": Text("Back", "Retour"),
    "button.delete": Text("Delete", "Effacer"),
    "button.scan_again": Text("Scan again", "Scanner à nouveau"),
    "button.scan_anything": Text("Scan anything", "Tout scanner"),
    "button.short": Text("Short", "Manque"),
    "of": Text("of {n}", "sur {n}"),
}
