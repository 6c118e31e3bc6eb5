"""Texts of the tasks: what to scan next, what was counted, why not and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from terminal.words.text import Text

TASK_TEXTS: Mapping[str, Text] = {
    # Names and codes that are data already.
    "plain": Text("{text}", "{text}"),
    "reason": Text("{en}", "{fr}"),
    "receive.title": Text("Receive", "Réceptionner"),
    "put_away.title": Text("Put away", "Ranger"),
    "move.title": Text("Move", "Déplacer"),
    "pick.title": Text("Pick", "Prélever"),
    "adjust.title": Text("Adjust", "Ajuster"),
    "return.title": Text("Return", "Retour client"),
    "look_up.title": Text("Look up", "Consulter"),
    # What to do next.
    "ask.item": Text("Scan the item", "Scannez l’article"),
    "ask.bin_or_item": Text("Scan bin or item", "Scannez l’emplacement ou l’article"),
    "ask.bin_for": Text("Scan the bin for {item}", "Scannez l’emplacement de {item}"),
    "ask.source": Text("Scan the bin you take {item} from", "Scannez l’emplacement d’où vient {item}"),
    "ask.target": Text("Scan the bin for {item}", "Scannez l’emplacement de {item}"),
    "ask.source_or_item": Text("Scan the bin you take from", "Scannez l’emplacement de départ"),
    "ask.item_to_take": Text("Scan what you take from {bin}", "Scannez ce que vous prenez en {bin}"),
    "ask.lot": Text("Scan the lot of {item}", "Scannez le lot de {item}"),
    "ask.serial": Text("Scan the serial number of {item}", "Scannez le n° de série de {item}"),
    "ask.choose_item": Text("Which item is it?", "Quel article est-ce ?"),
    "ask.is_it_so": Text("Is the quantity right?", "La quantité est-elle juste ?"),
    "adjust.ask_reason": Text("Choose the reason", "Choisissez le motif"),
    "adjust.ask_direction": Text("More or less than the books say?", "Plus ou moins que les livres ?"),
    "adjust.title_for": Text("Adjust: {en}", "Ajuster : {fr}"),
    "adjust.no_reasons": Text(
        "No reasons on this device yet. Connect once.",
        "Aucun motif sur cet appareil. Connectez-vous une fois.",
    ),
    "adjust.answer_first": Text(
        "Choose the reason first. Nothing was added.", "Choisissez d’abord le motif. Rien n’a été ajouté."
    ),
    "adjust.more": Text("More", "Plus"),
    "adjust.less": Text("Less", "Moins"),
    "adjust.other_reason": Text("Other reason", "Autre motif"),
    "look_up.ask": Text("Scan anything", "Tout scanner"),
    "look_up.found": Text("{item}", "{item}"),
    # Confirmed.
    "receive.counted": Text("Received into {bin}", "Reçu en {bin}"),
    "return.counted": Text("Returned to {bin}", "Retourné en {bin}"),
    "pick.counted": Text("Picked from {bin}", "Prélevé en {bin}"),
    "adjust.counted": Text("Adjusted in {bin}", "Ajusté en {bin}"),
    "put_away.counted": Text("Put away in {bin}", "Rangé en {bin}"),
    "move.counted": Text("Moved to {bin}", "Déplacé en {bin}"),
    "counted.pieces": Text("{n} × {item}", "{n} × {item}"),
    "counted.units": Text(
        "{n} × {item}: {units} {unit} of {per_unit}", "{n} × {item} : {units} {unit} de {per_unit}"
    ),
    # Understood, nothing confirmed yet.
    "bin.here": Text("You are at {bin}", "Vous êtes en {bin}"),
    "bin.from_here": Text("You take from {bin}", "Vous prenez en {bin}"),
    "bin.to_here": Text("It goes to {bin}", "À ranger en {bin}"),
    "held.ask_bin": Text("{n} in hand. Scan the bin.", "{n} en main. Scannez l’emplacement."),
    "in_hand.ask_source": Text(
        "{n} in hand. Scan the bin they come from.", "{n} en main. Scannez l’emplacement de départ."
    ),
    "in_hand.ask_target": Text(
        "{n} in hand. Scan the bin they go to.", "{n} en main. Scannez l’emplacement d’arrivée."
    ),
    "times.next": Text("{n} × the next scan", "{n} × le prochain scan"),
    "nothing_added": Text("Nothing was added.", "Rien n’a été ajouté."),
    "badge.of": Text("Badge of {name}", "Badge de {name}"),
    "stock.number": Text("No. {no}", "N° {no}"),
    # Look: a person must choose.
    "code.unknown": Text(
        "Unknown code, kept. Name it or go on.", "Code inconnu, conservé. Nommez-le ou continuez."
    ),
    "code.several": Text(
        "{n} items have this code. Which one is it?", "{n} articles ont ce code. Lequel est-ce ?"
    ),
    "quantity.unusual": Text("More than usual: is it {n}?", "Plus que d’habitude : est-ce bien {n} ?"),
    # Stop: not counted, do something else.
    "code.misread": Text("Not read right. Scan it again.", "Mal lu. Scannez de nouveau."),
    "code.answer_first": Text(
        "Choose the item first. This scan was not added.",
        "Choisissez d’abord l’article. Ce scan n’a pas été ajouté.",
    ),
    "code.number_without_item": Text(
        "A lot or serial number alone. Scan the item first.",
        "Un n° de lot ou de série seul. Scannez d’abord l’article.",
    ),
    "quantity.answer_first": Text(
        "Is it {n}? Answer first. This scan was not added.",
        "Est-ce bien {n} ? Répondez d’abord. Ce scan n’a pas été ajouté.",
    ),
    "quantity.not_positive": Text("Key a number above 0.", "Tapez un nombre supérieur à 0."),
    "quantity.not_exact": Text(
        "This quantity cannot be kept exactly. Key it again.",
        "Quantité impossible à garder. Tapez de nouveau.",
    ),
    "quantity.serial_is_one": Text(
        "{item} has serial numbers. Scan each piece.", "{item} a des n° de série. Scannez chaque pièce."
    ),
    "quantity.fewer_than_counted": Text(
        "{n} are counted already. A supervisor can set it right.",
        "{n} sont déjà comptés. Un responsable peut corriger.",
    ),
    "quantity.is_so": Text("That is what is counted. Go on.", "C’est ce qui est compté. Continuez."),
    "serial.repeated": Text(
        "Serial {no} is counted already. Nothing was added.",
        "Le n° de série {no} est déjà compté. Rien n’a été ajouté.",
    ),
    "item.blocked": Text(
        "{item} is blocked. Put it back. Nothing was added.",
        "{item} est bloqué. Reposez-le. Rien n’a été ajouté.",
    ),
    "bin.blocked": Text(
        "Bin {bin} is blocked. Take another bin.", "L’emplacement {bin} est bloqué. Prenez-en un autre."
    ),
    "bin.same": Text(
        "You took it from {bin}. Scan the bin it goes to.",
        "Vous l’avez pris en {bin}. Scannez l’emplacement d’arrivée.",
    ),
    "badge.in_task": Text(
        "A badge. Leave the task to change the worker.",
        "Un badge. Quittez la tâche pour changer de personne.",
    ),
    "finish_first.lot": Text(
        "Scan the lot of {item} first. This scan was not added.",
        "Scannez d’abord le lot de {item}. Ce scan n’a pas été ajouté.",
    ),
    "finish_first.serial": Text(
        "Scan the serial number of {item} first. This scan was not added.",
        "Scannez d’abord le n° de série de {item}. Ce scan n’a pas été ajouté.",
    ),
    "finish_first.bin": Text(
        "Scan the bin for {item} first. This scan was not added.",
        "Scannez d’abord l’emplacement de {item}. Ce scan n’a pas été ajouté.",
    ),
    "finish_first.target": Text(
        "Take {item} to its bin first. This scan was not added.",
        "Rangez d’abord {item}. Ce scan n’a pas été ajouté.",
    ),
    # Buttons and the pad.
    "action.times": Text("12 ×", "12 ×"),
    "action.put_back": Text("Put back", "Reposer"),
    "action.other_source": Text("Other bin", "Autre emplacement"),
    "action.yes_pieces": Text("Yes, {n} pieces", "Oui, {n} pièces"),
    "action.no": Text("No", "Non"),
    "action.none_of_these": Text("None of these", "Aucun de ceux-ci"),
    "pad.times": Text("How often is the next scan?", "Combien de fois le scan ?"),
    "pad.total": Text("How many in all?", "Combien en tout ?"),
    # The device itself.
    "device.full": Text(
        "Not enough room on this device. This scan was not kept; connect to send the others.",
        "Appareil plein. Ce scan n’est pas conservé ; connectez-vous pour envoyer les autres.",
    ),
    "device.not_durable": Text(
        "Counted, but not safe yet: not enough room on this device. Connect before you go on.",
        "Compté, mais pas encore à l’abri : appareil plein. Connectez-vous avant de continuer.",
    ),
    "device.cannot_write": Text(
        "This device cannot keep scans. This one was not kept. Take another device.",
        "Cet appareil ne peut rien conserver. Ce scan n’est pas conservé. Prenez un autre appareil.",
    ),
    # Signing in.
    "sign_in.welcome": Text("Hello {name}", "Bonjour {name}"),
    "sign_in.unknown_badge": Text(
        "Unknown badge. Connect once, or take another badge.",
        "Badge inconnu. Connectez-vous une fois ou prenez un autre badge.",
    ),
    "sign_in.blocked": Text(
        "{name} may not sign in. Ask a supervisor.", "{name} ne peut pas se connecter. Voyez un responsable."
    ),
    "sign_in.locked": Text(
        "Too many wrong PINs. Try again in {n} minutes.",
        "Trop de codes faux. Réessayez dans {n} minutes.",
        "Too many wrong PINs. Try again in 1 minute.",
        "Trop de codes faux. Réessayez dans {n} minute.",
    ),
}
