"""`scanledger terminal build`: makes the site that phones open at /terminal/.

The one place of the server that knows the terminal's code; serving the finished files needs none of it.
"""

import argparse
from pathlib import Path
from typing import Any

from server.commands.company import settings
from server.commands.speech import progress_bar, say
from server.web.terminal_site import compress_site, site_folder


def add(commands: Any) -> None:
    """Add the command."""
    terminal = commands.add_parser("terminal", help="the terminal for phones")
    actions = terminal.add_subparsers(required=True, metavar="ACTION")
    parser = actions.add_parser(
        "build",
        help="build the site that phones open at /terminal/",
        description="Builds the terminal as a site of static files, with its compressed copies, into the "
        "data folder. A running server serves the new build from then on; phones take it over when "
        "their queue is safe. The first build downloads a few Python wheels, checked against their hashes.",
    )
    parser.add_argument("--out", type=Path, help="another folder than the one that the server serves")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Build and say where it is."""
    out = (arguments.out or site_folder(settings())).absolute()
    say(f"Build {build(out)} in {out}")
    return 0


def build(out: Path) -> str:
    """Build the site with a progress bar; gives back its build id."""
    from terminal.web.build import build_site

    with progress_bar("terminal", 100, "%") as bar:

        def show(step: str, share: float) -> None:
            bar.set_postfix_str(step)
            # The last part is ours: compressing.
            bar.update(round(share * 60) - bar.n)

        build_id = build_site(out, base_path="/terminal/", progress=show)
        bar.set_postfix_str("compressing")
        compress_site(out)
        bar.update(100 - bar.n)
    return build_id
