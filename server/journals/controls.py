"""The controls of the item journal as they are drawn: each with its value, its choices and what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext

from server.journals import choices
from server.journals.choices import EntryOption, Options
from server.journals.fields import FIELDS, JournalField
from server.journals.form import Form, Items, Texts, control
from server.masterdata.facts import ItemFacts
from server.web import filters
from server.web.ledger_words import word_of
from server.web.words import current_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One control; `options` of a select, or of what a typed text may be completed to."""

    name: str
    label: object
    kind: str
    value: str
    problem: str = ""
    hint: object = ""
    options: Sequence[tuple[str, object]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineControls:
    """A line: its type and what is asked for it; `more` is seldom needed and folded away while empty."""

    index: int
    type: str
    problem: str
    controls: tuple[Control, ...]
    more: tuple[Control, ...]

    @property
    def has_unit(self) -> bool:
        """Whether a unit is asked for, which follows from the item."""
        return any(each.kind == "unit" for each in self.controls)

    @property
    def is_unfolded(self) -> bool:
        """Whether something stands in what is folded away."""
        return any(each.value or each.problem for each in self.more)


@dataclass(frozen=True, slots=True)
class Offered:
    """What all lines of a page may choose from, loaded once."""

    items: Items
    names: dict[str, str]
    entries: dict[int, EntryOption]
    locations: Options
    has_bins: bool = True
    reasons: Options = field(default_factory=list)


def offered(form: Form, items: Items) -> Offered:
    """Load what the lines of a form need."""
    named = {
        int(text)
        for line in form.lines
        for each in FIELDS[line["type"]]
        if each.kind == "entry" and (text := line.get(each.name, "")).isascii() and text.isdigit()
    }
    return Offered(
        items=items,
        names=choices.names_of(form.item_nos),
        entries=choices.entries_named(named),
        locations=choices.locations(),
        has_bins=choices.has_bins(form.head.get("location_code", "")),
        reasons=choices.reasons(current_language()),
    )


def lines_of(form: Form, known: Offered) -> list[LineControls]:
    """Every line of a form."""
    return [_line(form, index, line, known) for index, line in enumerate(form.lines)]


def unit_options(item: ItemFacts | None, chosen: str) -> Options:
    """An item's units with what they hold; without an item only what was chosen before."""
    if item is None:
        return [("", gettext("Base unit")), *([(chosen, chosen)] if chosen else [])]
    base = item.base_unit_of_measure_code
    return [
        (code, code if code == base else f"{code} = {filters.quantity(unit.quantity_per_unit)} {base}")
        for code, unit in sorted(item.units.items(), key=lambda each: (each[0] != base, each[0]))
    ]


def entry_options(name: str, item_no: str, location_code: str) -> Options:
    """Entries of an item that a control may name, each in words."""
    if not item_no:
        return []
    look = choices.issues_of if name == "applies_from_entry_no" else choices.receipts_of
    return [(str(each.entry_no), entry_words(each)) for each in look(item_no, location_code)]


def entry_words(entry: EntryOption) -> str:
    """Purchase of 2 Mar 2026, GLOBE, +12, 4 left."""
    return str(
        gettext(
            "%(type)s of %(day)s, %(item)s, %(quantity)s, %(left)s left",
            type=word_of(entry.entry_type),
            day=filters.day(entry.posting_date),
            item=entry.item_no,
            quantity=filters.change(entry.quantity_base),
            left=filters.quantity(entry.remaining_quantity) or "0",
        )
    )


def _line(form: Form, index: int, line: Texts, known: Offered) -> LineControls:
    asked = [each for each in FIELDS[line["type"]] if each.name != "bin_code" or known.has_bins]
    drawn = [(each, _control(form, index, each, known)) for each in asked]
    return LineControls(
        index=index,
        type=line["type"],
        problem=form.problems.get(control(index, "type"), ""),
        controls=tuple(made for each, made in drawn if not each.is_more),
        more=tuple(made for each, made in drawn if each.is_more),
    )


def _control(form: Form, index: int, each: JournalField, known: Offered) -> Control:
    line, name = form.lines[index], control(index, each.name)
    value = line.get(each.name, "")
    hint, options = each.hint, each.options
    match each.kind:
        case "item":
            hint = known.names.get(value, "") or each.hint
        case "unit":
            options = tuple(unit_options(known.items.get(line.get("item_no", "")), value))
        case "location":
            options = tuple(known.locations)
        case "reason":
            options = (("", ""), *known.reasons)
        case "entry":
            options = tuple(
                entry_options(each.name, line.get("item_no", ""), form.head.get("location_code", ""))
            )
            entry = known.entries.get(int(value)) if value.isascii() and value.isdigit() else None
            hint = entry_words(entry) if entry else each.hint
    return Control(
        name=name,
        label=each.label,
        kind=each.kind,
        value=value,
        problem=form.problems.get(name, ""),
        hint=hint,
        options=options,
    )
