"""Runs a command with the services that the tests need: `python -m tests.support.provide -- COMMAND...`.

Finds Chromium and PostgreSQL or gets them: from apt as root, else Playwright's own browser and a throw-away
cluster from installed programs. Always holds: the command learns of them by SCANLEDGER_TEST_CHROMIUM and
TEST_DATABASE_URL; what was started here is stopped when the command ends, however it ends; with CI=true the
command does not run at all without them.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from types import FrameType

from tests.support import chromium, cluster, postgresql
from tests.support.missing import ServiceMissing, is_required

PLAYWRIGHT_NEEDS = "libatomic1"


def main(arguments: list[str]) -> int:
    """Exit status of the command, or 1 when a required service is missing."""
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, stop_on_signal)
    environment = dict(os.environ)
    missing = []
    with contextlib.ExitStack() as running:
        try:
            environment["SCANLEDGER_TEST_CHROMIUM"] = provide_chromium()
        except ServiceMissing as refusal:
            missing.append(f"Chromium: {refusal}")
        try:
            environment["TEST_DATABASE_URL"] = provide_postgresql(running)
        except ServiceMissing as refusal:
            missing.append(f"PostgreSQL: {refusal}")
        for line in missing:
            tell(line)
        if missing and is_required():
            return 1
        try:
            return subprocess.run(command, env=environment, check=False).returncode
        except KeyboardInterrupt:
            return 130


def provide_chromium() -> str:
    """Path of a browser and a Playwright that can drive it, installed first where they are not there."""
    if not chromium.does_playwright_run() and not install_debian_package(PLAYWRIGHT_NEEDS):
        raise ServiceMissing(f"Playwright does not start; on Debian it needs {PLAYWRIGHT_NEEDS}")
    try:
        return str(chromium.find_chromium())
    except ServiceMissing:
        if os.environ.get("SCANLEDGER_TEST_CHROMIUM"):
            raise
        if not install_debian_package("chromium"):
            tell("installing Playwright's Chromium")
            chromium.install_playwrights_own()
    return str(chromium.find_chromium())


def provide_postgresql(running: contextlib.ExitStack) -> str:
    """Address of a server found or started; what is started ends with `running`."""
    try:
        url = postgresql.find_server()
    except ServiceMissing:
        if os.environ.get("TEST_DATABASE_URL"):
            raise
        try:
            cluster.find_programs()
        except ServiceMissing:
            install_debian_package("postgresql")
        url = running.enter_context(cluster.throw_away_cluster())
        tell(f"started a throw-away PostgreSQL at port {url.port}")
    return url.render_as_string(hide_password=False)


def install_debian_package(name: str) -> bool:
    """Whether apt is here, ours to use, and installed the package."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    tell(f"installing {name} from Debian's packages")
    run_apt("update")
    return run_apt("install", "-y", name)


def run_apt(*arguments: str) -> bool:
    """Whether apt did it, asking nothing and printing only what went wrong."""
    done = subprocess.run(
        ["apt-get", "-q", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0


def stop_on_signal(number: int, _frame: FrameType | None) -> None:
    """Leave through the clean-up instead of dying with a server still running."""
    sys.exit(128 + number)


def tell(line: str) -> None:
    """Say what is going on beside the command's own output."""
    print(f"provide: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
