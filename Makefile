# The two commands of a new user are `make demo` and `make test`; both build .venv first.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEMO_HOME ?= ./tanzhang-home

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint dev bench clean

help:
	@echo "make demo   the sample city's month, end to end (synthetic data)"
	@echo "make test   lint, types, layers and tests"
	@echo "make dev    Dagster's web page on the home folder of the demo"
	@echo "make bench  the benchmarks (QUICK=1 for the short ones)"

$(STAMP): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or later is needed: make PYTHON=python3.12 ..."; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

setup: $(STAMP)

demo: setup
	$(BIN)/tanzhang --home $(DEMO_HOME) demo

test: lint
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

dev: setup
	$(BIN)/tanzhang --home $(DEMO_HOME) dev

bench: setup
	$(BIN)/python -m benchmarks $(if $(QUICK),--quick)

clean:
	rm -rf $(VENV) build *.egg-info
