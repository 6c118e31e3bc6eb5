"""`scanledger ledger check`: proves the books, lists the rows that differ, exits 1 if there are any."""

import argparse
import json
from dataclasses import asdict
from typing import Any

from server.commands.company import open_company
from server.commands.speech import progress_bar, say, table
from server.config import Config
from server.ledger.check.findings import text_of
from server.ledger.check.invariants import ROWS_SHOWN, Result, Totals
from server.proving.checks import INVARIANTS, check_ledger


def add(commands: Any) -> None:
    """Add the command."""
    ledger = commands.add_parser("ledger", help="the books")
    actions = ledger.add_subparsers(required=True, metavar="ACTION")
    parser = actions.add_parser(
        "check",
        help="prove that ledgers, balances, registers and inbox agree",
        description="Proves every invariant of docs/operating.md from one snapshot of the database; "
        "may run beside a server. Changes nothing, and keeps what it found for the pages of the back office. "
        "Exits 1 and lists the rows that differ if there are any.",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check and print."""
    with open_company() as app, progress_bar("checking", len(INVARIANTS), "invariants") as bar:
        config: Config = app.config["SCANLEDGER"]
        checked = check_ledger(config.now, lambda _: bar.update(1))
    if arguments.json:
        say(json.dumps(as_json(checked.totals, checked.results), ensure_ascii=False))
    else:
        print_report(checked.totals, checked.results)
    return 1 if checked.differences else 0


def as_json(found: Totals, results: list[Result]) -> dict[str, Any]:
    """What --json prints; quantities and amounts are strings of digits."""
    return {
        "item_ledger_entries": found.item_ledger_entries,
        "value_entries": found.value_entries,
        "warehouse_entries": found.warehouse_entries,
        "registers": found.registers,
        "on_hand_quantity": text_of(found.on_hand_quantity),
        "inventory_value": f"{found.inventory_value:.2f}",
        "differences": sum(result.differences for result in results),
        "invariants": [
            {
                "name": result.invariant.name,
                "rule": result.invariant.rule,
                "differences": result.differences,
                "rows": [asdict(row) for row in result.rows],
            }
            for result in results
        ],
    }


def print_report(found: Totals, results: list[Result]) -> None:
    """The same for a person."""
    say(f"{found.item_ledger_entries:,} item ledger entries, {found.value_entries:,} value entries, ")
    say(f"{found.warehouse_entries:,} warehouse entries, {found.registers:,} registers")
    say(f"{text_of(found.on_hand_quantity)} pieces on hand, worth {found.inventory_value:.2f}")
    say()
    lines = [
        [
            result.invariant.name,
            f"{result.differences:,}" if result.differences else "holds",
            result.invariant.rule,
        ]
        for result in results
    ]
    for line in table(["invariant", "differs", "rule"], lines, widest=100):
        say(line)
    for result in results:
        if result.differences:
            _print_rows(result)


def _print_rows(result: Result) -> None:
    say()
    say(f"{result.invariant.name}: {result.differences:,} differ")
    rows = [[row.where, row.expected, row.found] for row in result.rows]
    for line in table(["where", "expected", "found"], rows, widest=70):
        say(f"  {line}")
    if result.differences > ROWS_SHOWN:
        say(f"  … and {result.differences - ROWS_SHOWN:,} more")
