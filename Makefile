# Everything a person or a build machine does with this house. `make` alone lists it.
#
# Nothing is installed outside .venv, but for `make test` on a Debian machine as root, which fetches
# Debian's own Chromium for the browser tests when it is missing.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh
MAKEFLAGS += --no-builtin-rules

# The first of python3.11 and python3 that is new enough; `make PYTHON=/path/to/python3.12 setup` chooses.
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python3.14; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
PACKAGES := payments bank_adapters reconciliation

# Two stamps named by content: a changed lock installs again, a touched file does not.
LIBRARIES := $(VENV)/.libraries-$(shell cat requirements-dev.txt 2>/dev/null | cksum | tr ' ' -)
CHECKOUT := $(VENV)/.checkout-$(shell cat requirements-dev.txt pyproject.toml 2>/dev/null | cksum | tr ' ' -)
CATALOGUES := $(patsubst %.po,%.mo,$(shell find $(PACKAGES) -name '*.po'))

.PHONY: help setup check format types test browser demo run bench battery catalogue lock clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(LIBRARIES) $(CHECKOUT) $(CATALOGUES) ## install the locked libraries and this checkout in .venv

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "thuphi needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 setup"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(LIBRARIES): $(BIN)/python
	$(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes -r requirements-dev.txt
	$(BIN)/python -m compileall -q $(VENV)/lib >/dev/null || true # some libraries carry files for other Pythons
	rm -f $(VENV)/.libraries-*
	touch $@

$(CHECKOUT): $(LIBRARIES)
	$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q $(PACKAGES) wsgi.py
	rm -f $(VENV)/.checkout-*
	touch $@

# Translations are kept as text (.po) and compiled here, again whenever the text is newer.
%.mo: %.po | $(LIBRARIES)
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

check: setup ## format, lint, types, import contracts, translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: setup ## put the code into the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: setup browser check ## everything that has to be right before a change goes in
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

# No browser is not an error here: the tests say at their end what was not run.
browser:
	@.ci/browser

demo: setup ## one machine, a simulated bank and a year of data; prints where to look
	$(BIN)/thuphi demo

run: setup ## the service as set up by the environment (see docs/operations.md)
	$(BIN)/thuphi run

bench: setup ## how fast it is on this machine
	$(BIN)/python tests/bench/measure.py

battery: setup ## the long tests: simulation, fuzzing, crashes
	$(BIN)/python -m pytest -m battery -n $(WORKERS) tests/battery

# The meanings that adapters declare for their secrets and settings are sentences too.
catalogue: setup ## collect the sentences of code and pages into the translation files
	$(BIN)/pybabel --quiet extract -F pyproject.toml -k Secret:2 -k Setting:2 --no-location --sort-output --omit-header \
		--output-file $(VENV)/messages.pot $(PACKAGES) templates
	$(BIN)/pybabel --quiet update --input-file $(VENV)/messages.pot --no-fuzzy-matching --ignore-pot-creation-date \
		--output-dir payments/web/translations

# Needs uv. The locks name no index, no machine and no path, so that any mirror can serve them.
LOCK := uv pip compile pyproject.toml --python-platform linux --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --quiet
lock: ## write requirements.txt and requirements-dev.txt anew from pyproject.toml
	$(LOCK) --extra build --output-file requirements.txt
	$(LOCK) --extra build --extra dev --constraints requirements.txt --output-file requirements-dev.txt

clean: ## remove everything that was made
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find $(PACKAGES) tests -name __pycache__ -type d -prune -exec rm -rf {} +
	find $(PACKAGES) -name '*.mo' -delete
