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
LOOK := app/static/vendor/.built
NEW_ENOUGH := process.exit(Number(process.versions.node.split(".")[0] < 20))

.PHONY: help
help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(VENV)/.installed $(CATALOGUES) $(LOOK) ## Install everything and make an empty, migrated database
	@$(FLASK) setup

.PHONY: run
run: export SAMVEV_DEMO := $(if $(filter 0 no off false,$(DEMO)),false,true)
run: $(VENV)/.installed $(CATALOGUES) $(LOOK) ## Serve on http://127.0.0.1:8080 (PORT=..., DEMO=0 starts empty)
	@$(FLASK) setup --welcome
	@exec $(FLASK) serve --port $(PORT)

.PHONY: test
test: lint $(CATALOGUES) $(LOOK) browser ## Run everything that CI runs (TESTS=tests/people runs a part)
	@$(RUN) -m pytest -n auto --maxprocesses 4 --dist worksteal $(TESTS)

.PHONY: browser
browser: ## Find Chromium for the browser tests, or install Debian's
	@command -v chromium >/dev/null 2>&1 || test -n "$(SAMVEV_CHROMIUM)" || { \
		echo "Installing Chromium for the browser tests ..."; \
		{ apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium; } \
			>/dev/null 2>&1; } || { \
		echo "The browser tests need Chromium. Install it, or say where a Chrome is:" >&2; \
		echo "make $(MAKECMDGOALS) SAMVEV_CHROMIUM=/path/to/chrome" >&2; \
		exit 1; }

.PHONY: lint
lint: $(VENV)/.installed-dev ## Check style, types and who imports whom
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check --quiet .
	@$(RUN) -m mypy
	@$(RUN) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

.PHONY: bench
bench: $(VENV)/.installed-dev $(CATALOGUES) $(LOOK) browser ## Measure speed, memory and the weight of pages, with other panels beside us
	@$(RUN) -m benchmarks $(BENCH)
	@test -n "$(BENCH)" || $(RUN) -m benchmarks.plans
	@test -n "$(BENCH)" || $(RUN) -m benchmarks.templates
	@test -n "$(BENCH)" || $(RUN) -m benchmarks.matching
	@test -n "$(BENCH)" || $(RUN) -m benchmarks.duplicates
	@test -n "$(BENCH)" || $(RUN) -m benchmarks.desk

.PHONY: drill
drill: $(VENV)/.installed-dev $(CATALOGUES) $(LOOK) browser ## Run the long load, fault, fuzz and page drills at full size
	@SAMVEV_DRILL=full $(RUN) -m pytest -m drill $(DRILL)

.PHONY: pictures
pictures: $(VENV)/.installed-dev $(CATALOGUES) $(LOOK) browser ## Take the pictures of the README anew
	@$(RUN) -m tests.browser.pictures

.PHONY: lock
lock: $(VENV)/.installed-dev ## Choose the newest allowed versions of all libraries
	@$(LOCK) --upgrade pyproject.toml --output-file requirements.lock
	@$(LOCK) --upgrade --constraint requirements.lock --group dev pyproject.toml \
		--output-file requirements-dev.lock
	@$(LOCK) --upgrade --group node --output-file requirements-node.lock
	@$(LOCK) --upgrade --constraint requirements.lock --extra linkage --group peers pyproject.toml \
		--output-file requirements-linkage.lock

.PHONY: translations
translations: $(VENV)/.installed-dev ## Collect the texts of the panel into the catalogues
	@$(BABEL) --quiet extract --mapping-file pyproject.toml --keyword _l --sort-output --width 100 \
		--no-location --project Samvev --output-file translations/messages.pot app templates
	@for language in nb nn; do \
		if [ -e translations/$$language/LC_MESSAGES/messages.po ]; then step="update --no-fuzzy-matching --ignore-obsolete"; \
		else step=init; fi; \
		$(BABEL) --quiet $$step --input-file translations/messages.pot --width 100 \
			--output-dir translations --locale $$language || exit 1; \
	done

%.mo: %.po $(VENV)/.installed
	@$(BABEL) --quiet compile --input-file $< --output-file $@

# The design system, our theme and the font, into a folder that is not committed. Uses the
# machine's Node.js where it is new enough, otherwise that of a Python wheel.
$(LOOK): $(wildcard theme/*.js*) requirements-node.lock $(VENV)/.installed
	@echo "Fetching the design system ..."
	@node -e '$(NEW_ENOUGH)' >/dev/null 2>&1 && npm --version >/dev/null 2>&1 || { \
		$(PIP) -r requirements-node.lock && PATH="$(CURDIR)/$(VENV)/bin:$$PATH" && export PATH; } && \
	npm ci --prefix theme --no-audit --no-fund --ignore-scripts --loglevel error && \
	npm run build --prefix theme --silent
	@touch $@

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
