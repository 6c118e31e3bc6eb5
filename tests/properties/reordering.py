"""The same history in another order: adjusted more or less often, or one item after the other."""

from itertools import pairwise
from typing import Any

Document = dict[str, Any]
Step = dict[str, Any]


def adjusting_once(document: Document) -> Document:
    """Without adjustments, but for those that a revaluation needs before it and the one at the end."""
    steps = document["steps"]
    kept = [
        step
        for step, following in zip(steps, [*steps[1:], None], strict=True)
        if step["do"] != "adjust_cost" or following is None or following["do"] == "revaluation"
    ]
    return document | {"steps": kept}


def adjusting_after_every_step(document: Document) -> Document:
    """With an adjustment after every step."""
    steps: list[Step] = []
    for step in adjusting_once(document)["steps"]:
        steps += [step, {"ref": f"a{len(steps)}", "do": "adjust_cost"}]
    return document | {"steps": steps}


def one_item_after_the_other(document: Document) -> Document:
    """All steps of one item, then all of the next; an adjustment stays with what it was before."""
    items: dict[str, str] = {}
    steps = document["steps"][:-1]
    for step in steps:
        items[step["ref"]] = _item_of(step, items)
    for step, following in pairwise(steps):
        if step["do"] == "adjust_cost":
            items[step["ref"]] = items[following["ref"]] or items[step["ref"]]
    order = list(dict.fromkeys(card["no"] for card in document["setup"]["items"]))
    sorted_steps = [step for item in [*reversed(order), ""] for step in steps if items[step["ref"]] == item]
    return document | {"steps": [*sorted_steps, document["steps"][-1]]}


def _item_of(step: Step, items: dict[str, str]) -> str:
    """The item that a step is about, itself or by what it names; none for an adjustment."""
    if "item" in step:
        return str(step["item"])
    named = [step[key] for key in ("receipt", "shipment", "of", "applies_to") if key in step]
    named += [assigned["to"] for assigned in step.get("assign", [])]
    return next((items[name.partition(".")[0]] for name in named), "")
