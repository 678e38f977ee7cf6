# Everything a person runs here. `make help` lists it.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Many tests wait for a server or a program: two at once keep a core busy.
WORKERS := $(shell echo $$(( 2 * $$(getconf _NPROCESSORS_ONLN) )))
# Set in many containers: each of hundreds of processes would compile our sources anew.
unexport PYTHONDONTWRITEBYTECODE
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench tuf-conformance lock format clean

help: ## List what there is to run
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: ## Install what everything below needs (done by itself)
	@PYTHON=$(PYTHON) scripts/setup-machine

demo: setup ## Watch the whole road, from a pull request to an installed extension
	@$(BIN)/python scripts/demo.py

test: setup ## Run every test, in parallel
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: setup ## Lint, types, import rules, workflows: what CI holds
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/zizmor --offline --no-progress --persona auditor .github

bench: setup ## Measure speed and memory against a named alternative (ONLY=name)
	@$(BIN)/python -m tests.bench $(ONLY)

tuf-conformance: setup ## Hold our client to the public TUF suite (SUITE=its directory)
	@test -d "$(SUITE)/tuf_conformance" || { echo "name the suite's directory: make tuf-conformance SUITE=DIR (see docs/tuf-conformance.md)"; exit 64; }
	@command -v faketime >/dev/null || { echo "the suite needs faketime: apt install faketime"; exit 64; }
	@test -x .cache/tuf-conformance/bin/pytest || { $(PYTHON) -m venv .cache/tuf-conformance && .cache/tuf-conformance/bin/pip install -q $(SUITE); }
	@cd $(SUITE) && PATH=$(CURDIR)/.cache/tuf-conformance/bin:$$PATH pytest -q tuf_conformance --entrypoint "$(CURDIR)/$(BIN)/python $(CURDIR)/tests/conformance_tuf/client.py"

lock: ## Resolve the dependencies anew into requirements/
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra registry pyproject.toml -o requirements/registry.lock
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra dev pyproject.toml -o requirements/dev.lock

format: ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix-only .

clean: ## Remove what these commands made
	rm -rf $(VENV) .cache demo build dist
