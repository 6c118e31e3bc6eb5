"""Takes the pictures of the terminal in docs/pictures: `python -m tests.browser.take_terminal_pictures`.

The walk that takes them is a test, so a picture that no longer comes about is a test that fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
WALK = "tests/browser/test_terminal_screens.py"

if __name__ == "__main__":
    environment = {**os.environ, "SCANLEDGER_PICTURES": str(PICTURES)}
    command = [sys.executable, "-m", "pytest", "-q", WALK]
    sys.exit(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode)
