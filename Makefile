# One verb each. `make demo` and `make test` need git, make and Python 3.11 with python3-venv; nothing else, no root.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WORKERS ?= 2
# Some machines forbid to keep what was compiled: every process that tests start would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

NODE := tests/interop/node

.PHONY: demo test check bench interop docs lint types unit all-tests clean

demo: .venv/runtime.stamp ## the hub and a small country of simulated agencies; ONCE=1 ends by itself, INPUT=DIR feeds files
	@$(BIN)/punte demo $(if $(ONCE),--once) $(if $(INPUT),--input "$(INPUT)")

test: .venv/dev.stamp lint types all-tests ## everything

check: .venv/dev.stamp lint types unit ## the inner loop, within a minute

bench: .venv/dev.stamp ## ratios against hand-written yardsticks, measured in one run
	@$(BIN)/python -m tests.bench.run $(ARGS)

# Needs php with php-soap, node with npm (see .ci/packages); what is missing is left out by name.
interop: .venv/dev.stamp $(NODE)/node_modules/.stamp .venv/spyne/.stamp ## foreign SOAP stacks call the hub, and answer it
	@$(BIN)/python -m tests.interop.run

docs: .venv/runtime.stamp ## generated reference pages and schemas
	@$(BIN)/python -m cli.reference

lint:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo

types:
	@$(BIN)/mypy

unit:
	@$(BIN)/python -m pytest tests/unit tests/mappings tests/architecture -n $(WORKERS) --dist worksteal

all-tests:
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --ignore tests/interop
	@echo "left out: foreign SOAP stacks, which are tried by make interop"

# The project itself goes in last, without its dependencies: those come with hashes from the lock.
.venv/runtime.stamp: requirements/runtime.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing the locked dependencies into .venv ..."
	@$(PIP) install --require-hashes -r requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/runtime.stamp
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(NODE)/node_modules/.stamp: $(NODE)/package-lock.json
	@cd $(NODE) && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

# Beside the project's own dependencies, not among them.
.venv/spyne/.stamp: requirements/interop.txt .venv/dev.stamp
	@$(PIP) install --require-hashes --upgrade --target .venv/spyne -r requirements/interop.txt
	@touch $@

clean:
	rm -rf .venv .punte
