# Every target works as the first command on a fresh checkout of a machine with Python 3.11.
SHELL := /bin/sh
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .tools/uv/bin/uv)
RUN := $(UV) run --frozen --no-sync
READY := .venv/.ready

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

setup: $(READY) ## Install everything into .venv

demo: $(READY) ## Run the made-up city over HTTP, then keep serving
	$(RUN) lienthong demo

run: $(READY) ## Start the axis on the embedded database
	$(RUN) lienthong run

test: $(READY) ## Run every test
	$(RUN) pytest -n 2 --dist loadfile

check: $(READY) ## Lint, types, import rules, migrations
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
	rm -rf .venv .tools var .mypy_cache .ruff_cache .pytest_cache .hypothesis
