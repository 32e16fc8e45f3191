# Everything here works on a machine with Python 3.11 or newer and make.

SHELL := /bin/sh
.DEFAULT_GOAL := help

PORT ?= 8080
DEMO ?= $(or $(SAMVEV_DEMO),$(if $(filter production,$(SAMVEV_MODE)),0,1))
VENV := .venv
RUN := $(VENV)/bin/python
FLASK := $(RUN) -m flask --app run
BABEL := $(RUN) -m babel.messages.frontend
PIP := $(RUN) -m pip --disable-pip-version-check install --quiet --require-hashes
LOCK := $(RUN) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate

# The first Python on the machine that is new enough; name another with PYTHON=...
PYTHON ?= $(shell for one in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$one >/dev/null 2>&1 \
	&& $$one -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$one && break; done)

CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/messages.po))

.PHONY: help
help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(VENV)/.installed $(CATALOGUES) ## Install everything and make an empty, migrated database
	@$(FLASK) setup

.PHONY: run
run: export SAMVEV_DEMO := $(if $(filter 0 no off false,$(DEMO)),false,true)
run: $(VENV)/.installed $(CATALOGUES) ## Serve on http://127.0.0.1:8080 (PORT=..., DEMO=0 starts empty)
	@$(FLASK) setup --welcome
	@exec $(FLASK) serve --port $(PORT)

.PHONY: test
test: lint $(CATALOGUES) ## Run everything that CI runs (TESTS=tests/people runs a part)
	@$(RUN) -m pytest -n auto --maxprocesses 4 $(TESTS)

.PHONY: lint
lint: $(VENV)/.installed-dev ## Check style, types and who imports whom
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check --quiet .
	@$(RUN) -m mypy
	@$(RUN) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

.PHONY: bench
bench: $(VENV)/.installed-dev $(CATALOGUES) ## Measure speed and memory, with other panels beside us
	@$(RUN) -m benchmarks $(BENCH)

.PHONY: drill
drill: $(VENV)/.installed-dev $(CATALOGUES) ## Run the long load, fault and fuzz drills at full size
	@SAMVEV_DRILL=full $(RUN) -m pytest -m drill $(DRILL)

.PHONY: lock
lock: $(VENV)/.installed-dev ## Choose the newest allowed versions of all libraries
	@$(LOCK) --upgrade pyproject.toml --output-file requirements.lock
	@$(LOCK) --upgrade --constraint requirements.lock --group dev pyproject.toml \
		--output-file requirements-dev.lock

.PHONY: translations
translations: $(VENV)/.installed-dev ## Collect the texts of the panel into the catalogues
	@$(BABEL) --quiet extract --mapping-file pyproject.toml --keyword _l --sort-output --width 100 \
		--no-location --project Samvev --output-file translations/messages.pot app templates
	@for language in nb nn; do \
		if [ -e translations/$$language/LC_MESSAGES/messages.po ]; then step=update; \
		else step=init; fi; \
		$(BABEL) --quiet $$step --input-file translations/messages.pot --width 100 \
			--output-dir translations --locale $$language || exit 1; \
	done

%.mo: %.po $(VENV)/.installed
	@$(BABEL) --quiet compile --input-file $< --output-file $@

$(VENV)/.installed: requirements.lock
	@test -n "$(PYTHON)" || { \
		echo "Samvev needs Python 3.11 or newer, and none was found." >&2; \
		echo "Install it, or say where it is: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; \
		exit 1; }
	@$(RUN) -c 'import pip' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@echo "Installing the libraries; the first time takes a minute or two ..."
	@$(PIP) -r requirements.lock
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing the tools for tests and checks ..."
	@$(PIP) -r requirements-dev.lock
	@touch $@
