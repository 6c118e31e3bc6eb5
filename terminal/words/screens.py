"""Texts of the screens around the tasks."""

from __future__ import annotations

from collections.abc import Mapping

from terminal.words.text import Text

SCREEN_TEXTS: Mapping[str, Text] = {
    "enrolment.title": Text("Enrol this device", "Enregistrer cet appareil"),
    "enrolment.how": Text(
        "Scan the code that the back office shows, or type it.",
        "Scannez le code que montre le bureau, ou saisissez-le.",
    ),
    "enrolment.code": Text("Enrolment code", "Code d’enregistrement"),
    "enrolment.go": Text("Enrol", "Enregistrer"),
    "enrolment.busy": Text("Reading items and bins", "Lecture des articles et emplacements"),
    "enrolment.refused": Text(
        "This code is used or too old. Ask for a new one.",
        "Ce code est utilisé ou périmé. Demandez-en un autre.",
    ),
    "enrolment.unreachable": Text(
        "The server does not answer. Enrolling needs a connection.",
        "Le serveur ne répond pas. L’enregistrement demande une connexion.",
    ),
    "sign_in.scan_badge": Text("Scan your badge", "Scannez votre badge"),
    "sign_in.badge": Text("Badge", "Badge"),
    "sign_in.type_badge": Text("No scanner? Type the badge.", "Pas de lecteur ? Saisissez le badge."),
    "sign_in.next": Text("Next", "Suivant"),
    "sign_in.go": Text("Sign in", "Se connecter"),
    "sign_in.other": Text("Other badge", "Autre badge"),
    "sign_in.digits": Text("{n} digits", "{n} chiffres", "1 digit", "{n} chiffre"),
    "home.settings": Text("Settings", "Réglages"),
    "home.needs_you": Text(
        "{n} scans need you", "{n} scans vous attendent", "1 scan needs you", "{n} scan vous attend"
    ),
    "home.see_why": Text("See why and what to do", "Voir pourquoi et que faire"),
    "home.scan_detail": Text("item, bin, label", "article, emplacement, étiquette"),
    "home.continue": Text("Continue", "Continuer"),
    "task.receive": Text("Receive", "Réceptionner"),
    "task.receive_of": Text("from a supplier", "d’un fournisseur"),
    "task.put_away": Text("Put away", "Ranger"),
    "task.put_away_of": Text("dock to bin", "depuis le quai"),
    "task.pick": Text("Pick", "Prélever"),
    "task.pick_of": Text("for a customer", "pour un client"),
    "task.move": Text("Move", "Déplacer"),
    "task.move_of": Text("bin to bin", "de lieu à lieu"),
    "task.adjust": Text("Adjust", "Ajuster"),
    "task.adjust_of": Text("found, lost", "trouvé, perdu"),
    "task.return": Text("Return", "Retour client"),
    "task.return_of": Text("from a customer", "revenu"),
    "task.from": Text("from", "de"),
    "task.home": Text("Home", "Accueil"),
    "task.pad": Text("Qty", "Qté"),
    "task.item_of": Text("1 {unit} of {n}", "1 {unit} de {n}"),
    "pad.confirm": Text("Take {n}", "Prendre {n}"),
    "pad.none": Text("Key a number", "Saisissez un nombre"),
    "pad.point": Text("Decimal point", "Virgule"),
    "queue.title": Text("What became of my scans", "Suivi de mes scans"),
    "queue.last_answer": Text("Last answer from the server {time}", "Dernière réponse du serveur {time}"),
    "queue.no_answer": Text("No answer from the server yet", "Pas encore de réponse du serveur"),
    "queue.needs_you": Text("Needs you", "Vous attend"),
    "queue.with_supervisor": Text("With a supervisor", "Chez un responsable"),
    "queue.not_sent": Text("On this device, not sent yet", "Sur cet appareil, pas encore envoyé"),
    "queue.at_server": Text("At the server", "Au serveur"),
    "queue.posted_today": Text("Posted today", "Validé aujourd’hui"),
    "queue.empty": Text("Nothing scanned yet. Scan anything.", "Rien de scanné. Scannez ce que vous voulez."),
    "queue.try_now": Text("Try now", "Essayer maintenant"),
    "queue.by_itself": Text("tries by itself too", "essaie aussi tout seul"),
    "queue.busy": Text("Trying", "En cours"),
    "queue.nothing_for_you": Text("Nothing for you to do.", "Vous n’avez rien à faire."),
    "queue.line": Text("{kind} {n} × {item}", "{kind} {n} × {item}"),
    "queue.more": Text("{n} more", "{n} de plus", "1 more", "{n} de plus"),
    "queue.trouble_portal": Text(
        "This Wi-Fi wants a sign-in of its own. Your scans are safe.",
        "Ce Wi-Fi demande sa propre connexion. Vos scans sont conservés.",
    ),
    "queue.trouble_revoked": Text(
        "This device was withdrawn. Its scans still go to the server.",
        "Cet appareil a été retiré. Ses scans partent encore au serveur.",
    ),
    "queue.trouble_too_old": Text(
        "This app is too old to read new data. Reload it.",
        "Cette application est trop ancienne. Rechargez-la.",
    ),
    "transaction.title": Text("What happened", "Ce qui s’est passé"),
    "transaction.scanned": Text("Scanned {time}", "Scanné {time}"),
    "transaction.document": Text("Document {no}", "Document {no}"),
    "transaction.decided": Text("Decided by {name}", "Décidé par {name}"),
    "transaction.kept": Text("{n} is kept, 0 is posted.", "{n} conservé, 0 validé."),
    "transaction.posted": Text("Posted. Nothing for you to do.", "Validé. Vous n’avez rien à faire."),
    "transaction.queued": Text(
        "Safe on this device. It goes when there is a connection.",
        "Conservé sur cet appareil. Part dès qu’il y a une connexion.",
    ),
    "transaction.at_server": Text(
        "The server has it. It answers by itself.", "Le serveur l’a. La réponse vient toute seule."
    ),
    "transaction.ask": Text(
        "Show this to a supervisor. Nothing is lost.", "Montrez-le à un responsable. Rien n’est perdu."
    ),
    "transaction.scans": Text("Scans", "Scans"),
    "transaction.to": Text("to", "vers"),
    "settings.title": Text("Settings", "Réglages"),
    "settings.language": Text("Language", "Langue"),
    "settings.theme": Text("Colours", "Couleurs"),
    "settings.theme_system": Text("As the device", "Comme l’appareil"),
    "settings.theme_light": Text("Light", "Clair"),
    "settings.theme_dark": Text("Dark", "Sombre"),
    "settings.theme_contrast": Text("High contrast", "Contraste élevé"),
    "settings.hand": Text("Hand", "Main"),
    "settings.hand_right": Text("Right", "Droite"),
    "settings.hand_left": Text("Left", "Gauche"),
    "settings.device": Text("Device {id}, {location}", "Appareil {id}, {location}"),
    "settings.build": Text("Build {id}", "Version {id}"),
    "settings.storage_ok": Text("Storage is kept.", "Le stockage est conservé."),
    "settings.storage_refused": Text(
        "The browser may clear storage when space is short. Connect often.",
        "Le navigateur peut vider le stockage. Connectez-vous souvent.",
    ),
    "settings.sign_out": Text("Other worker", "Autre personne"),
}
