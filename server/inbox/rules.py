"""Which parked transactions fit the books only together. Pure.

Two workers carry the same pieces from A to B and from B back to A; a pick of A arrives before either. Now
each move waits for goods that only the other brings, and posting one of them again never succeeds, though
all of it is true and the books allow it all at once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from server.ledger.lines import BinKey

# What a transaction does to each bin: base units, negative for what it takes out.
Moves = Mapping[BinKey, Decimal]
_ZERO = Decimal(0)


def fitting_together(
    asked: str, parked: Mapping[str, Moves], balances: Mapping[BinKey, Decimal], limitless: Collection[BinKey]
) -> tuple[str, ...]:
    """The asked transaction and those it needs, so that no bin but a limitless one ends below 0; () if none.

    Earlier ones of `parked` are preferred. If all of `parked` fit at once, some are always found; else a
    choice that would fit may be missed, but what is given back always fits.
    """
    willing = dict(parked)
    while True:
        group, short = _grow(asked, willing, balances, limitless)
        if short is None:
            return tuple(group)
        # Nothing brings what is taken there: whoever takes it and was only asked to help stays out.
        takers = [each for each in group[1:] if parked[each].get(short, _ZERO) < 0]
        if not takers:
            return ()
        del willing[takers[-1]]


def sum_moves(moves: Iterable[Moves]) -> dict[BinKey, Decimal]:
    """What several transactions do to each bin in all."""
    sums: dict[BinKey, Decimal] = defaultdict(Decimal)
    for each in moves:
        for key, quantity_base in each.items():
            sums[key] += quantity_base
    return dict(sums)


def _grow(
    asked: str,
    parked: Mapping[str, Moves],
    balances: Mapping[BinKey, Decimal],
    limitless: Collection[BinKey],
) -> tuple[list[str], BinKey | None]:
    """Add who brings what is short until nothing is; also the bin that stays short, if one does."""
    group = [asked]
    while True:
        sums = sum_moves(parked[each] for each in group)
        short = next(
            (
                key
                for key, quantity in sorted(sums.items())
                if key not in limitless and balances.get(key, _ZERO) + quantity < 0
            ),
            None,
        )
        if short is None:
            return group, None
        bringer = next(
            (each for each, moves in parked.items() if each not in group and moves.get(short, _ZERO) > 0),
            None,
        )
        if bringer is None:
            return group, short
        group.append(bringer)
