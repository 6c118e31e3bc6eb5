"""What the bodies of a batch name of master data, gathered so that all of it is loaded at once.

What a journal names by the number of a ledger entry is not among it: the ledger loads that with the entry.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from server.masterdata.facts import Facts
from server.masterdata.load import load_facts
from shared.wire.journals import AnyLine, Assembly, Goods, ItemJournal, Revaluation, Transfer
from shared.wire.lines import BinLine, MoveLine
from shared.wire.transactions import AnyBody

_BINS = ("bin_code", "from_bin_code", "to_bin_code")


class Mentions:
    """Items, locations, bins and reasons; `add` each body, then `load` what they mean."""

    def __init__(self) -> None:
        self.item_nos: set[str] = set()
        self.location_codes: set[str] = set()
        self.bins: set[tuple[str, str]] = set()
        self.reason_codes: set[str] = set()

    def add(self, location_code: str, body: AnyBody) -> None:
        """Note what the body of a transaction at this location names."""
        self.location_codes.add(location_code)
        if isinstance(body, ItemJournal):
            for line in body.lines:
                self._add_journal_line(location_code, line)
            return
        if code := getattr(body, "reason_code", ""):
            self.reason_codes.add(code)
        self._add_lines(location_code, body.lines)

    def load(self, connection: sa.Connection, person_ids: Iterable[str]) -> Facts:
        """The facts of everything named, and the posting dates of these people."""
        return load_facts(
            connection,
            item_nos=self.item_nos,
            location_codes=self.location_codes,
            bins=self.bins,
            reason_codes=self.reason_codes,
            person_ids=person_ids,
        )

    def _add_lines(self, location_code: str, lines: Iterable[BinLine | MoveLine]) -> None:
        for line in lines:
            self.item_nos.add(line.item_no)
            for name in _BINS:
                if code := getattr(line, name, ""):
                    self.bins.add((location_code, code))

    def _add_journal_line(self, location_code: str, line: AnyLine) -> None:
        if isinstance(line, Revaluation) and line.item_no:
            self.item_nos.add(line.item_no)
        if isinstance(line, Assembly):
            for each in (line.output, *line.components):
                self._add_goods(location_code, each)
        if not isinstance(line, Goods):
            return
        self._add_goods(location_code, line)
        if isinstance(line, Transfer):
            self.location_codes.add(line.to_location_code)
            if line.to_bin_code:
                self.bins.add((line.to_location_code, line.to_bin_code))

    def _add_goods(self, location_code: str, goods: Goods) -> None:
        self.item_nos.add(goods.item_no)
        if goods.bin_code:
            self.bins.add((location_code, goods.bin_code))
        if code := getattr(goods, "reason_code", ""):
            self.reason_codes.add(code)
