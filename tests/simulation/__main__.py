"""`python -m tests.simulation --seeds N` or `--seed X`: the simulator with a progress bar.

A failing seed is printed with what it broke and the end of its trace, and replays alone.
"""

import argparse
import sys

from tqdm import tqdm

from tests.simulation.run import simulate
from tests.simulation.seeds import quick_factory, run_seeds


def main() -> int:
    """Exit 1 when any seed broke a promise."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seeds", type=int, default=300, help="how many seeds, from 0 (default 300)")
    parser.add_argument("--seed", type=int, help="one seed alone, with its whole trace")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first seed (default 0)")
    asked = parser.parse_args()
    if asked.seed is not None:
        with quick_factory() as factory:
            print("\n".join(simulate(factory, asked.seed)))
        return 0
    failed = 0
    seeds = range(asked.first, asked.first + asked.seeds)
    for violation in tqdm(run_seeds(seeds), total=len(seeds), unit="seed"):
        if violation is not None:
            failed += 1
            tqdm.write(str(violation))
    print(f"{len(seeds) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
