"""`scanledger bench`: runs the benchmarks of the checkout and prints what they measure as JSON lines."""

import argparse
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

from server.commands.speech import CommandFailed, say

# A benchmark is a module bench_<name>.py with run(report), report being `report` below.
FOLDER = Path(__file__).resolve().parents[2] / "tests" / "benchmarks"


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "bench",
        help="run benchmarks of the checkout",
        description="Runs tests/benchmarks/bench_NAME.py, all without a NAME. Prints JSON lines {name, "
        "value, unit, floor, ratio}: floor is a pace measured in the same run without the product, ratio is "
        "value / floor.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.set_defaults(run=run)


def report(
    name: str, value: float, unit: str, *, floor: float | None = None, ratio: float | None = None
) -> None:
    """Print one measurement; what benchmarks are given to speak with."""
    if ratio is None and floor:
        ratio = value / floor
    line = {"name": name, "value": value, "unit": unit, "floor": floor, "ratio": ratio}
    rounded = {key: round(each, 4) if isinstance(each, float) else each for key, each in line.items()}
    say(json.dumps(rounded))


def run(arguments: argparse.Namespace) -> int:
    """Run the benchmarks that were named."""
    known = {path.stem.removeprefix("bench_"): path for path in sorted(FOLDER.glob("bench_*.py"))}
    if not known:
        raise CommandFailed(f"There are no benchmarks here: expected a checkout with {FOLDER}.")
    unknown = [name for name in arguments.names if name not in known]
    if unknown:
        raise CommandFailed(f"There is no benchmark {unknown[0]}: expected one of {', '.join(known)}.")
    # Benchmarks share what tests share.
    sys.path.insert(0, str(FOLDER.parents[1]))
    for name in arguments.names or known:
        _import(name, known[name]).run(report)
    return 0


def _import(name: str, path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"tests.benchmarks.bench_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
