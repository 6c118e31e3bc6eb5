"""What was typed into the page of the item journal, and the journal that it says.

Numbers may be written as people write them: with spaces between thousands and a comma for the decimals.
Whatever cannot be read stands beside its control, in the language of the page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from server.journals.fields import COMPONENT, DEFAULT_TYPE, FIELDS, OUTPUT, RESOURCE, JournalField
from server.masterdata.facts import ItemFacts
from shared.quantity import QuantityError, parse_quantity, quantity_text, to_base
from shared.wire import codec
from shared.wire.codec import WireError
from shared.wire.journals import ItemJournal, check_journal

HEAD = ("transaction_id", "location_code", "posting_date", "document_no", "note")
MOST_LINES = 50
_LONGEST_TEXT, _LONGEST_LINES = 500, 5000
Texts = dict[str, str]
Items = Mapping[str, ItemFacts]


@dataclass(frozen=True, slots=True)
class Form:
    """The head's texts and each line's, its type under `type`; `problems` by the name of a control."""

    head: Texts
    lines: tuple[Texts, ...]
    problems: Texts = field(default_factory=dict)

    @property
    def item_nos(self) -> set[str]:
        """Every item that a line names."""
        named = {line.get("item_no", "") for line in self.lines}
        named |= {row.get("item_no", "") for line in self.lines for row in component_rows(line)}
        return named - {""}

    def with_line(self) -> "Form":
        """One more line, of the type of the last one."""
        if len(self.lines) >= MOST_LINES:
            return self
        return replace(self, lines=(*self.lines, {"type": self.lines[-1]["type"]}))

    def without_line(self, index: int) -> "Form":
        """The same without a line; the last one always stays."""
        left = tuple(line for at, line in enumerate(self.lines) if at != index)
        return replace(self, lines=left or self.lines)


class Unwritten(Exception):
    """The form says no journal yet; `problems` holds a sentence for each control."""

    def __init__(self, problems: Texts) -> None:
        self.problems = problems
        super().__init__(", ".join(problems))


def control(index: int, name: str) -> str:
    """The name of a line's control."""
    return f"lines-{index}-{name}"


def read_form(given: MultiDict[str, str]) -> Form:
    """What was sent, trimmed; lines are numbered anew."""
    head = {name: _trimmed(given.get(name, "")) for name in HEAD}
    numbers = [each for each in given.getlist("line") if each.isascii() and each.isdigit()][:MOST_LINES]
    lines = [_read_line(given, number) for number in numbers]
    return Form(head, tuple(lines) or ({"type": DEFAULT_TYPE},))


def prefilled(given: MultiDict[str, str]) -> Form:
    """The first form: the head and one line as the address says them."""
    head = {name: _trimmed(given.get(name, "")) for name in HEAD}
    kind = given.get("type", DEFAULT_TYPE)
    kind = kind if kind in FIELDS else DEFAULT_TYPE
    texts = {each.name: _trimmed(given.get(each.name, "")) for each in FIELDS[kind]}
    return Form(head, ({"type": kind, **texts},))


def journal_of(form: Form, items: Items) -> ItemJournal:
    """The journal that the form says; raises Unwritten where it says none."""
    values, problems = [], {}
    for index, line in enumerate(form.lines):
        try:
            values.append(_value(line, items))
        except _Unreadable as found:
            problems[control(index, found.name)] = found.sentence
    if problems:
        raise Unwritten(problems)
    body = {name: form.head[name] for name in ("document_no", "note")} | {"lines": values}
    try:
        journal = codec.read(ItemJournal, body, strict=True)
        check_journal(journal)
    except WireError as error:
        raise Unwritten(_problem_of(error, form)) from None
    return journal


def component_rows(line: Texts) -> list[Texts]:
    """The components that an assembly's control lists."""
    return _rows(line.get("components", ""), COMPONENT)


class _Unreadable(Exception):
    def __init__(self, name: str, sentence: str) -> None:
        self.name, self.sentence = name, sentence
        super().__init__(name)


def _trimmed(text: str) -> str:
    return text.strip()[:_LONGEST_TEXT]


def _read_line(given: MultiDict[str, str], number: str) -> Texts:
    kind = given.get(f"lines-{number}-type", "")
    kind = kind if kind in FIELDS else DEFAULT_TYPE
    # Everything that came is kept, so that what two types share outlives a change of the type.
    start = f"lines-{number}-"
    texts = {
        name.removeprefix(start): text.replace("\r\n", "\n").strip()[:_LONGEST_LINES]
        for name, text in given.items()
        if name.startswith(start)
    }
    return {**texts, "type": kind}


def _value(line: Texts, items: Items) -> dict[str, Any]:
    """A line as its type reads it from JSON; an assembly's goods are its output's."""
    kind = line["type"]
    values = {
        each.name: read
        for each in FIELDS[kind]
        if (read := _field_value(each, line.get(each.name, ""))) is not None
    }
    if "quantity" in {each.name for each in FIELDS[kind]}:
        values |= _measured(line, items, "quantity")
    if kind == "assembly":
        output = {name: values.pop(name) for name in list(values) if name in OUTPUT | {"quantity_base"}}
        values |= {
            "output": output,
            "components": [_component(row, items) for row in component_rows(line)],
            "resources": [_resource(row) for row in _rows(line.get("resources", ""), RESOURCE)],
        }
        if not values["components"]:
            raise _Unreadable("components", gettext("Say what it is made of."))
    return {"type": kind, **values}


def _field_value(each: JournalField, text: str) -> Any:
    """A control's value, None where it is left out."""
    match each.kind:
        case "flag":
            return (text or each.options[0][0]) == "yes"
        case "choice":
            return text or each.options[0][0]
        case "lines":
            return None
        case "location":
            return text
    if not text:
        return None
    match each.kind:
        case "entry":
            digits = "".join(text.replace(",", "").split())
            if not (digits.isascii() and digits.isdigit() and len(digits) < 16):
                raise _Unreadable(each.name, gettext("Write the number of an entry."))
            return int(digits)
        case "decimal" | "quantity":
            return _decimal(text, each.name)
    return text


def _decimal(text: str, name: str) -> str:
    """A number as the wire writes it; 1,234.50 and 1 234,50 mean the same."""
    plain = "".join(text.replace("−", "-").split())
    if "," in plain:
        plain = plain.replace(",", "") if "." in plain else plain.replace(",", ".")
    try:
        return quantity_text(parse_quantity(plain))
    except QuantityError:
        raise _Unreadable(name, gettext("Write a number, such as 12.5.")) from None


def _measured(line: Texts, items: Items, name: str) -> dict[str, Any]:
    """Quantity, unit and base quantity; without a unit it is the item's base unit."""
    if not line.get("quantity"):
        raise _Unreadable(name, gettext("Say how many."))
    quantity = _decimal(line["quantity"], name)
    item = items.get(line.get("item_no", ""))
    unit_code = line.get("unit_of_measure_code") or (item.base_unit_of_measure_code if item else "PCS")
    unit = item.units.get(unit_code) if item else None
    base = quantity
    if unit is not None:
        try:
            base = quantity_text(
                to_base(parse_quantity(quantity), unit.quantity_per_unit, unit.rounding_precision)
            )
        except QuantityError:
            raise _Unreadable(name, gettext("This unit cannot hold so many.")) from None
    return {"quantity": quantity, "quantity_base": base, "unit_of_measure_code": unit_code}


def _component(row: Texts, items: Items) -> dict[str, Any]:
    kept = {name: text for name, text in row.items() if text}
    return kept | _measured(row, items, "components")


def _resource(row: Texts) -> dict[str, Any]:
    return {name: _decimal(text, "resources") for name, text in row.items() if text}


def _rows(text: str, names: Sequence[str]) -> list[Texts]:
    """Rows of a control that lists several, their parts between semicolons."""
    return [
        dict(zip(names, (part.strip() for part in row.split(";")), strict=False))
        for row in text.splitlines()
        if row.strip()
    ]


def _problem_of(error: WireError, form: Form) -> Texts:
    """A fault of the journal beside its control; "" where no control is to blame."""
    path = error.path
    if len(path) < 3 or path[0] != "lines" or not isinstance(path[1], int):
        name = str(path[0]) if path and path[0] in HEAD else ""
        return {name: _sentence(error)}
    index, name = path[1], str(path[2])
    known = [each.name for each in FIELDS[form.lines[index]["type"]]]
    if name == "output":
        name = str(path[3]) if len(path) > 3 else ""
    return {control(index, _nearest(name, known)): _sentence(error)}


def _nearest(name: str, known: Iterable[str]) -> str:
    return name if name in known else "type"


def _sentence(error: WireError) -> str:
    found = str(error).partition(", found ")[2]
    if found == "nothing" or error.found in (None, "", 0):
        return str(gettext("Fill this in."))
    if error.expected.startswith(("0 where", "nothing where", '""')):
        return str(gettext("Leave this empty, or the other."))
    return str(gettext("This cannot be so: %(found)s.", found=found))
