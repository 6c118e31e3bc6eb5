"""The lines of an item journal as the Transaction card shows them; a line may name an entry and no item."""

from decimal import Decimal

from server.monitor.proof import ISSUES
from server.monitor.story_lines import StoryLine
from shared.wire.journals import (
    LINE_TYPES,
    AnyLine,
    Assembly,
    Goods,
    Invoice,
    ItemCharge,
    ItemJournal,
    Revaluation,
    Transfer,
    Undo,
)

_TAGS = {line_type: tag for tag, line_type in LINE_TYPES}


def journal_items(journal: ItemJournal) -> set[str]:
    """Every item that a journal names."""
    named = {getattr(line, "item_no", "") for line in journal.lines}
    for line in journal.lines:
        if isinstance(line, Assembly):
            named |= {each.item_no for each in (line.output, *line.components)}
    return named - {""}


def journal_lines(journal: ItemJournal, names: dict[str, str]) -> tuple[StoryLine, ...]:
    """A story line per line, an assembly's components among them."""
    return tuple(made for line in journal.lines for made in _lines(line, names))


def _lines(line: AnyLine, names: dict[str, str]) -> list[StoryLine]:
    tag = _TAGS[type(line)]
    match line:
        case Assembly():
            made = [_goods(line.output, tag, 1, names)]
            return made + [_goods(each, tag, -1, names) for each in line.components]
        case Transfer():
            return [_goods(line, tag, -1, names)]
        case Goods():
            return [_goods(line, tag, -1 if isinstance(line, ISSUES) else 1, names)]
        case Invoice():
            return [StoryLine(tag=tag, names_entry_no=line.entry_no, quantity_base=line.quantity_base)]
        case ItemCharge():
            return [StoryLine(tag=tag, names_entry_no=line.entry_no, amount=line.amount)]
        case Undo():
            return [StoryLine(tag=tag, names_entry_no=line.entry_no)]
        case Revaluation():
            return [
                StoryLine(
                    tag=tag,
                    item_no=line.item_no,
                    description=names.get(line.item_no, ""),
                    names_entry_no=line.applies_to_entry_no,
                    amount=line.inventory_value_revalued,
                    unit_cost=line.unit_cost_revalued,
                )
            ]


def _goods(goods: Goods, tag: str, sign: int, names: dict[str, str]) -> StoryLine:
    bin_code, is_transfer = goods.bin_code, isinstance(goods, Transfer)
    named = max(getattr(goods, "applies_to_entry_no", 0), getattr(goods, "applies_from_entry_no", 0))
    return StoryLine(
        tag=tag,
        item_no=goods.item_no,
        description=names.get(goods.item_no, ""),
        variant_code=goods.variant_code,
        lot_no=goods.lot_no,
        serial_no=goods.serial_no,
        from_bin=bin_code if sign < 0 else "",
        to_bin=goods.to_bin_code if isinstance(goods, Transfer) else bin_code if sign > 0 else "",
        to_location=goods.to_location_code if isinstance(goods, Transfer) else "",
        quantity=goods.quantity,
        unit_of_measure_code=goods.unit_of_measure_code,
        quantity_base=goods.quantity_base if is_transfer else Decimal(sign) * goods.quantity_base,
        unit_cost=getattr(goods, "unit_cost", None),
        names_entry_no=named,
    )
