# Every target does all of its own set-up. Needs only Python 3.11 or newer, pip, make and git.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh
PYTHON ?= python3
export UV_PYTHON_DOWNLOADS = never

# A uv that is already installed is used as it is; otherwise one is put into .tools, inside this folder.
UV := $(shell command -v uv 2>/dev/null || echo "env PYTHONPATH=.tools $(PYTHON) -m uv")
BIN := .venv/bin
READY := .venv/.ready
# The accessibility checker of the browser tests; without npm those tests are skipped.
AXE := $(if $(shell command -v npm 2>/dev/null),.tools/node_modules/axe-core/axe.min.js)
SOURCES := bot handlers schedules storage tests

.PHONY: help demo run test lint format bench texts migration lock clean

help: ## Show what can be done here
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY) ## Play two weeks in the life of a community, in half a minute
	@$(BIN)/python -m bot demo

run: $(READY) ## Start Baraza; with no tokens in .env it serves the local page
	@$(BIN)/python -m bot run

# Where coverage has once been measured in a process, tests stay slow in it; those without it get their own. Both parts
# are run whatever the first one finds.
test: lint $(AXE) ## Check format, types and layers, then run every test
	$(BIN)/python -m pytest -m "not uncovered"; covered=$$?; \
	$(BIN)/python -m pytest -m uncovered --no-cov && exit $$covered

lint: $(READY) ## Check format, types and layers
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY) ## Format the code and mend what can be mended by itself
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

bench: $(READY) ## Measure speed and memory, as ratios to a floor of the same run
	$(BIN)/python -m tests.bench
	HYPOTHESIS_PROFILE=bench $(BIN)/python -m pytest --no-cov -m hypothesis

texts: $(READY) ## Collect what Baraza says into the catalogues of bot/locales
	$(BIN)/pybabel -q extract --no-location --sort-output --omit-header -k mark -k plural:1,2 \
		-o bot/locales/baraza.pot bot handlers schedules storage
	for language in bot/locales/*/; do $(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete \
		--omit-header --init-missing --domain baraza -i bot/locales/baraza.pot -d bot/locales -l $$(basename $$language); done

migration: $(READY) ## Write down what has changed in the tables: make migration name=kudos
	$(BIN)/python -m storage.new_migration $(name)
	$(BIN)/ruff format --quiet storage/migrations/versions
	$(BIN)/ruff check --quiet --fix storage/migrations/versions

lock: $(READY) ## Resolve the dependencies again into requirements.lock
	$(UV) pip compile --quiet --upgrade --universal --generate-hashes --all-extras --python-version 3.11 \
		pyproject.toml --output-file requirements.lock

clean: ## Remove what the other targets made; the database and its key stay
	rm -rf .venv .tools .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.tools/node_modules/axe-core/axe.min.js:
	npm install --silent --no-save --no-audit --no-fund --prefix .tools axe-core@4.10.3

$(READY): requirements.lock pyproject.toml
	@command -v uv >/dev/null 2>&1 || PYTHONPATH=.tools $(PYTHON) -m uv --version >/dev/null 2>&1 \
		|| $(PYTHON) -m pip install --quiet --target .tools uv
	$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --compile-bytecode --editable .
	@touch $@
