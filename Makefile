# Every target sets up what it needs: a virtual environment in .venv, made from the lock files.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run
DEV := $(VENV)/.dev

.PHONY: run demo test lint format bench evaluate messages lock clean
.DEFAULT_GOAL := run

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Nabat needs Python 3.11 or later; this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(BIN)/uv: | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(RUN): requirements.lock pyproject.toml | $(BIN)/uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --no-deps -e .
	@touch $@

$(DEV): requirements-dev.lock $(RUN)
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

run: $(RUN)           ## the service, on SQLite; preview mode without a token
	@$(BIN)/nabat run

demo: $(RUN)          ## the story of Bishkek 2023 on loopback; no network, no token
	@$(BIN)/nabat demo

test: $(DEV)          ## the whole test suite
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

lint: $(DEV)          ## style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(DEV)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(DEV)         ## every benchmark prints a table with its ratio to the floor
	@status=0; for f in benchmarks/[a-z]*.py; do echo "== $$f"; $(BIN)/python $$f || status=1; done; exit $$status

evaluate: $(RUN)      ## matching, topics, countries, people and events on the labelled corpus
	@$(BIN)/nabat evaluate tests/data/corpus/dev.jsonl

messages: $(DEV)      ## collect sentences for translation into bot/locales
	@$(BIN)/python -m bot.locales.collect

lock: $(BIN)/uv       ## write the lock files anew from pyproject.toml
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
