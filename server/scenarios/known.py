"""What a step or a check may name: what was set up, and what the steps before it made."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from server.scenarios.fields import Fields, Unreadable, listed
from server.scenarios.steps import Setup, Step

LONGEST_REF = 40


class Name(NamedTuple):
    """What a name stands for: entries of one item, receipts or issues, made by a step."""

    item: str
    is_receipt: bool
    ref: str
    # Place of the step, from 0.
    place: int


@dataclass(slots=True)
class Known:
    """What a step may name. A step that must be refused makes no entries, so it adds no names."""

    setup: Setup
    steps: dict[str, Step] = field(default_factory=dict)
    names: dict[str, Name] = field(default_factory=dict)

    def item(self, fields: Fields, key: str = "item") -> str:
        """An item of the set-up."""
        return fields.choice(key, self.setup.items)

    def location(self, fields: Fields, key: str = "location") -> str:
        """A location of the set-up, or the blank one."""
        code = fields.code(key)
        if code and code not in self.setup.locations:
            expected = f"one of the locations {listed(self.setup.locations)}, or none"
            raise Unreadable(fields.path(key), expected=expected, found=code)
        return code

    def variant(self, fields: Fields, item: str) -> str:
        """A variant of the item, or the blank one."""
        code, variants = fields.code("variant"), self.setup.items[item].variants
        if code and code not in variants:
            expected = f"one of the variants {listed(variants)} of {item}, or none"
            raise Unreadable(fields.path("variant"), expected=expected, found=code)
        return code

    def lot(self, fields: Fields, item: str) -> str:
        """A lot or serial number of a tracked item; "" where none is named."""
        if not fields.has("lot"):
            return ""
        if self.setup.items[item].tracking == "none":
            raise Unreadable(
                fields.path("lot"), expected=f"no lot: {item} is not tracked", found=fields.raw("lot")
            )
        return fields.text("lot", longest=50)

    def entries(self, fields: Fields, key: str, *, is_receipt: bool | None = None) -> str:
        """The name of item entries that steps before this one made; "" where the key is missing."""
        if not fields.has(key):
            return ""
        what = {None: "an item entry", True: "a receipt", False: "an issue"}[is_receipt]
        name = fields.text(key, longest=2 * LONGEST_REF)
        found = self.names.get(name)
        if found is None or is_receipt not in (None, found.is_receipt):
            known = [each for each, of in self.names.items() if is_receipt in (None, of.is_receipt)]
            expected = f"{what} of a step before ({listed(known)})"
            raise Unreadable(fields.path(key), expected=expected, found=name)
        return name

    def needed_entries(self, fields: Fields, key: str, *, is_receipt: bool | None = None) -> str:
        """The same where the key must be there."""
        fields.text(key, longest=2 * LONGEST_REF)
        return self.entries(fields, key, is_receipt=is_receipt)

    def step(self, fields: Fields, key: str, dos: Iterable[str]) -> str:
        """The ref of a step of one of these kinds that was done before."""
        fitting = [ref for ref, step in self.steps.items() if step.do in tuple(dos) and not step.expect_error]
        return fields.choice(key, fitting)
