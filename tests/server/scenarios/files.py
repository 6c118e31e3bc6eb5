"""A small scenario as text, whose parts a test replaces."""

HEAD = """\
id: small
title: A small scenario
setup:
  items:
{items}
  locations: [BLUE, RED, TRANSIT]
  settings: {{{settings}}}
steps:
{steps}
expect:
{expect}
"""
FIFO = "- {'no': I1, costing_method: FIFO}"
PURCHASE = "- {ref: p, do: purchase, date: 2026-01-02, item: I1, quantity: 4, unit_cost: 2.50}"
EXPECT = "- {after: p, item_entries: [{ref: p, remaining: 4}]}"


def scenario(*, items: str = FIFO, steps: str = PURCHASE, expect: str = EXPECT, settings: str = "") -> str:
    """The text of a file; each part is a YAML list, settings are the inside of a mapping."""
    return HEAD.format(items=_indented(items), settings=settings, steps=steps.strip(), expect=expect.strip())


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.strip().splitlines())
