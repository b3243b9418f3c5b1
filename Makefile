# Needs Python 3.11 or newer and make; everything else goes into .venv. `make help` lists what there is.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.PHONY: help demo demo-published demo-records test nightly check lock-is-current bench docs lock clean

# Never let uv fetch a Python of its own: use the one that is here.
export UV_PYTHON_DOWNLOADS := never

PYTHON := $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/ready
EXAMPLE := examples/leicestershire-2021
DEMO := demo/leicestershire-2021
DEMO_BUILD := build/demo/leicestershire-2021
SYNTHETIC := demo/synthetic-council
SYNTHETIC_BUILD := build/demo/synthetic-council
EXTRAS_READY := .venv/extras-ready
RIVALS := build/rivals
RIVALS_READY := $(RIVALS)/ready
# The options that decide what a lock says: no download address, no host name, a hash for every file.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header
LOCKS := requirements.lock requirements-extras.lock
COMPILE_requirements.lock := $(COMPILE) --extra reports --extra dev pyproject.toml
# What Spark and database servers need besides, in the versions of the first lock: half a gigabyte that a laptop may do without.
COMPILE_requirements-extras.lock := $(COMPILE) --extra spark --extra servers -c requirements.lock pyproject.toml

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# uv is pinned once, in pyproject.toml. Its own lines in the lock install it, hash and all; it then installs the rest.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "outturn needs Python 3.11 or newer, and found '$(PYTHON)'. Please install it and try again."; exit 1; }
	@echo "Making a Python environment in .venv ..."
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	@awk '/^[a-z]/ { uv = /^uv==/ } uv && !/^ *#/' requirements.lock > .venv/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r .venv/uv.txt
	@echo "Installing the locked packages, each checked against its hash ..."
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock
	@echo "Installing outturn itself ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@
	@echo "The environment is ready."

# Spark comes as source, which setuptools of the first lock makes installable.
$(EXTRAS_READY): $(READY) requirements-extras.lock
	@command -v java >/dev/null || echo "There is no Java here, so the tests of Spark will be skipped. To run them, install a Java runtime (Debian: openjdk-17-jre-headless)."
	@echo "Installing Spark and what reads database servers (half a gigabyte, once), for the tests that run on them ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-build-isolation -r requirements-extras.lock
	@touch $@

demo: demo-published demo-records ## build both examples: a published paper made again, and a council's records
	@echo
	@echo "The papers, and the list of records to correct, are here:"
	@find $(CURDIR)/demo -type f | sort | sed 's/^/  /'

demo-published: $(READY) ## build the example paper for Leicestershire from open data
	@[ -d $(EXAMPLE) ] || { echo "The example $(EXAMPLE) is missing: this copy of outturn is not whole."; exit 1; }
	@echo "Copying the example, so that nothing of yours is changed ..."
	@rm -rf $(DEMO_BUILD) $(DEMO) && mkdir -p $(dir $(DEMO_BUILD)) $(DEMO)
	@cp -R $(EXAMPLE) $(DEMO_BUILD)
	@echo "Checking the data and the definitions ..."
	@$(BIN)/outturn check --in $(DEMO_BUILD)
	@echo "Counting, judging and keeping the results ..."
	@$(BIN)/outturn build --in $(DEMO_BUILD)
	@echo "Writing the paper ..."
	@$(BIN)/outturn publish january-2021 --in $(DEMO_BUILD)
	@cp -R $(DEMO_BUILD)/papers $(DEMO)/papers

demo-records: $(READY) ## simulate a council, check its extract, count its measures and make its paper
	@echo
	@echo "Making a council that is not a real place: 60,000 people with events, over three years ..."
	@rm -rf $(SYNTHETIC_BUILD) $(SYNTHETIC) && mkdir -p $(dir $(SYNTHETIC_BUILD)) $(SYNTHETIC)
	@$(BIN)/outturn simulate $(SYNTHETIC_BUILD) --people 60000 --untidy
	@echo "Checking its client level data, as a council does before it sends them ..."
	@$(BIN)/outturn check-extract $(SYNTHETIC_BUILD)/data/cld.csv --workbook $(SYNTHETIC)/records-to-correct.xlsx \
	  || [ $$? -eq 12 ] # there is something to correct
	@echo "Deriving, counting, judging and keeping the results ..."
	@$(BIN)/outturn build --in $(SYNTHETIC_BUILD)
	@echo "Writing its paper ..."
	@$(BIN)/outturn publish --in $(SYNTHETIC_BUILD)
	@cp -R $(SYNTHETIC_BUILD)/papers $(SYNTHETIC)/papers

test: $(EXTRAS_READY) ## run every test
	@$(BIN)/pytest --numprocesses auto --dist loadfile

nightly: $(EXTRAS_READY) ## run the property tests at length (2,000 examples or more each) and the kills, 200 each
	@$(BIN)/pytest tests/property $(shell find tests -name 'test_kills*.py') --hypothesis-profile=nightly

check: $(READY) lock-is-current ## all that must pass before a push, besides the tests
	@echo "Format ..." && $(BIN)/ruff format --check .
	@echo "Lint ..." && $(BIN)/ruff check .
	@echo "Types ..." && $(BIN)/mypy
	@echo "Who imports whom ..." && $(BIN)/lint-imports --no-cache

# Resolved again from the present locks, so that they change only when pyproject.toml asks for something else.
lock-is-current: $(READY)
	@echo "Are the locks what pyproject.toml asks for? ..."
	@mkdir -p build && cp $(LOCKS) build/
	@$(COMPILE_requirements.lock) -o build/requirements.lock && $(COMPILE_requirements-extras.lock) -o build/requirements-extras.lock \
	  || { echo "The locks could not be worked out again. If the package registry cannot be reached from here, try later: this check needs it."; exit 1; }
	@for lock in $(LOCKS); do diff -u $$lock build/$$lock \
	  || { echo "$$lock is out of date. Run 'make lock' and commit what changes."; exit 1; }; done
	@! grep -niE '://|\.(org|com|net|io)\b|^--' $(LOCKS) \
	  || { echo "A lock names an address. It may hold names, versions and hashes only."; exit 1; }

lock: $(READY) ## write the locks again; UPGRADE=--upgrade takes the newest versions before the cut-off
	@$(COMPILE_requirements.lock) $(UPGRADE) -o requirements.lock
	@$(COMPILE_requirements-extras.lock) $(UPGRADE) -o requirements-extras.lock
	@$(COMPILE) benchmarks/rivals.txt $(UPGRADE) -o benchmarks/rivals.lock
	@echo "The locks are written. 'make check' installs and checks them."

bench: $(EXTRAS_READY) $(RIVALS_READY) ## measure how long things take (docs/performance.md): half an hour or more
	@OUTTURN_PANDAS=$(CURDIR)/$(RIVALS)/bin/python OUTTURN_STATSFORECAST=$(CURDIR)/$(RIVALS)/bin/python \
	  $(BIN)/python benchmarks/run.py

$(RIVALS_READY): benchmarks/rivals.lock $(READY)
	@echo "Making an environment of what outturn is measured beside ..."
	@[ -x $(RIVALS)/bin/python ] || $(PYTHON) -m venv --without-pip $(RIVALS)
	@$(BIN)/uv pip sync --quiet --python $(RIVALS)/bin/python --require-hashes benchmarks/rivals.lock
	@touch $@

docs: $(READY) ## build the documentation site into site/
	@$(BIN)/python docs/generate_reference.py
	@$(BIN)/python docs/generate_spec.py
	@$(BIN)/mkdocs build --quiet --strict
	@echo "The documentation is here: $(CURDIR)/site/index.html"

clean: ## remove everything that make has made
	@rm -rf .venv build demo dist site docs/reference/generated .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find src tests docs -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Everything that make had made is gone."
