"""Texts of the three answers: what happened, then what to do."""

from __future__ import annotations

from collections.abc import Mapping

from terminal.words.text import Text

ANSWER_TEXTS: Mapping[str, Text] = {
    # What a screen reader says before the sentence of an answer.
    "answer.go": Text("Go.", "Bien."),
    "answer.look": Text("Look.", "Attention."),
    "answer.stop": Text("Stop.", "Stop."),
    "answer.stop_word": Text("STOP", "STOP"),
    "answer.line_done": Text("Line done", "Ligne terminée"),
    "answer.next_bin": Text("Next: go to {bin}", "Ensuite : allez en {bin}"),
    "answer.wrong_item": Text("Wrong item", "Mauvais article"),
    "answer.put_it_back": Text("Put it back. Nothing was added.", "Reposez-le. Rien n’a été ajouté."),
    "answer.wrong_bin": Text("Wrong bin", "Mauvais emplacement"),
    "answer.go_to": Text("Go to {bin}.", "Allez en {bin}."),
    "answer.same_case": Text("Same case again?", "Encore le même carton ?"),
    "answer.second_case": Text("Second case", "Autre carton"),
    "answer.read_twice": Text("Same case, read twice", "Même carton, lu deux fois"),
    "answer.serial_counted": Text("Serial {no} is counted already.", "Le n° de série {no} est déjà compté."),
    "answer.nothing_added": Text("Nothing was added.", "Rien n’a été ajouté."),
    "answer.unknown_code": Text(
        "Unknown code, kept. Name it or go on.", "Code inconnu, conservé. Nommez-le ou continuez."
    ),
    "answer.lot_expired": Text(
        "Lot {lot} has expired ({date}). Take {lot2}.", "Lot {lot} périmé ({date}). Prenez {lot2}."
    ),
    "answer.more_than_usual": Text("More than usual: is it {n}?", "Plus que d’habitude : est-ce bien {n} ?"),
    "answer.undone": Text("Undone: {what}", "Annulé : {what}"),
    "answer.bin_empty": Text("Bin empty? Say zero.", "Emplacement vide ? Indiquez zéro."),
    "answer.bin_done": Text(
        "Bin done, {n} lines, {q} pieces",
        "Emplacement terminé, {n} lignes, {q} pièces",
        "Bin done, {n} line, {q} pieces",
        "Emplacement terminé, {n} ligne, {q} pièces",
    ),
    "answer.device_full": Text(
        "Not enough room on this device. Scans are safe; connect to send them.",
        "Appareil plein. Les scans sont conservés ; connectez-vous pour les envoyer.",
    ),
}
