#!/usr/bin/env bash
# Makes .venv from requirements.lock on a bare Debian or macOS machine with Python 3.11 or later.
# Run by `make install`; safe to run again: a working .venv is brought up to date, a broken one made anew.
set -euo pipefail
cd "$(dirname "$0")/.."

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
        if [ -n "$candidate" ] && is_new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "Scanledger needs Python 3.11 or later; none found (PYTHON=/path/to/python names one)." >&2
    exit 1
}

# Debian ships venv apart from Python, and says so only when one tries.
make_environment() {
    local python="$1" version
    if "$python" -m venv --clear .venv 2>/dev/null; then
        return
    fi
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "$python cannot make virtual environments. On Debian: apt install python3-venv" >&2
        exit 1
    fi
    version="$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q "python$version-venv" </dev/null \
        || DEBIAN_FRONTEND=noninteractive apt-get install -y -q python3-venv </dev/null
    "$python" -m venv --clear .venv
}

if ! is_new_enough .venv/bin/python || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    make_environment "$(find_python)"
fi

echo "Installing from requirements.lock into .venv ..."
# The lock names everything, so nothing is looked up: a newer release of a dependency changes nothing here.
.venv/bin/python -m pip install -qq --disable-pip-version-check --no-input \
    --no-deps --require-hashes --requirement requirements.lock
.venv/bin/python -m pip install -qq --disable-pip-version-check --no-input \
    --no-deps --no-build-isolation --editable .
touch .venv/installed
