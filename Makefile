# What a person types here. Everything runs inside .venv, which `make install` makes from
# requirements.lock; the stamp keeps a second run quick.

SHELL := /bin/bash
BIN := .venv/bin
INSTALLED := .venv/installed
# Two processes, which share the tests out as tests/conftest.py says.
PYTEST := $(BIN)/python -m pytest -n 2 --durations=15

SEEDS ?= 1000

.PHONY: pictures install test lint demo bench prove simulate lock format clean

install: $(INSTALLED)

$(INSTALLED): requirements.lock pyproject.toml tools/install.sh
	bash tools/install.sh

test: lint
	$(BIN)/python -m tests.support.provide -- $(PYTEST) $(ARGS)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

demo: install
	$(BIN)/scanledger demo $(ARGS)

# make bench NAME=post
bench: install
	$(BIN)/python -m tests.support.provide -- $(BIN)/scanledger bench $(NAME) $(ARGS)

# What takes longer than a minute; a short form of each stands in `make test`.
prove: install
	$(BIN)/python -m tests.support.provide -- $(BIN)/python -m pytest -m prove --timeout=7200 -s --durations=15 $(ARGS)

# make simulate SEEDS=20000, or make simulate SEED=123 to replay one
simulate: install
	$(BIN)/python -m tests.simulation --seeds $(SEEDS) $(if $(SEED),--seed $(SEED)) $(ARGS)

# Every version and hash again, for all platforms and Pythons, with no package index named in the file.
lock: install
	$(BIN)/uv pip compile pyproject.toml --extra server --extra dev --universal --python-version 3.11 \
		--upgrade --generate-hashes --no-strip-extras --no-emit-index-url --no-annotate \
		--custom-compile-command "make lock" --output-file requirements.lock

# Screenshots of docs/pictures, from a company of their own; make pictures NAME="office-item-card"
pictures: install
	$(BIN)/python -m tools.take_pictures $(NAME)

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
