# One verb per job. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DDAGENT := .venv-ddagent
STAMPS := .stamps
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

PACKAGES := instrumentation plugin-backend dashboards demo
SOURCES := $(foreach package,$(PACKAGES),$(package)/src) tests $(wildcard benchmarks) tools $(wildcard dashboards/*.py)
FRONTEND := plugin-frontend
FRONTEND_SOURCES := $(shell find $(FRONTEND)/src $(FRONTEND)/launcher $(FRONTEND)/.config -type f 2>/dev/null) $(wildcard $(FRONTEND)/*.*)
SEED ?= 7
WASTE ?= $(or $(DEMO_WASTE),cache)

.PHONY: help demo demo-check compose test torture check dashboards plugin plugin-zip bench clean screenshots openapi proto docs

help: ## List the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

demo: $(STAMPS)/python $(STAMPS)/plugin ## Run the whole product on a demo workload until Ctrl-C (DEMO_WASTE=cache|router|retry|serial|none)
	@DEMO_WASTE=$(WASTE) airuntime-demo up

demo-check: $(STAMPS)/python ## The same, unattended: find the waste, apply, measure; the last line is JSON
	@DEMO_WASTE=$(WASTE) airuntime-demo check

compose: $(STAMPS)/plugin .env ## The demo in containers, with a Grafana, until Ctrl-C; needs Docker
	docker compose up --build

.env:
	@umask 077 && $(PYTHON) tools/fill_env.py > $@
	@echo "Wrote random secrets into $@"

test: $(STAMPS)/python $(STAMPS)/ddagent $(STAMPS)/plugin $(STAMPS)/system ## Run every test
	pytest --numprocesses auto --dist loadfile $(PYTEST)
	cd $(FRONTEND) && npm test --silent

torture: $(STAMPS)/python $(STAMPS)/system ## Kill backends, workers, replicas and Prometheus on SQLite and on PostgreSQL, and audit what is left (SEED=7)
	PYTHONPATH=tests:benchmarks python -m torture.run --database sqlite --seed $(SEED)
	PYTHONPATH=tests:benchmarks python -m torture.run --database postgresql --seed $(SEED)

check: $(STAMPS)/python $(STAMPS)/node ## Lint and type-check everything
	ruff format --check $(SOURCES)
	ruff check $(SOURCES)
	mypy $(SOURCES)
	lint-imports
	cd $(FRONTEND) && npm run --silent lint && npm run --silent typecheck

dashboards: $(STAMPS)/python ## Generate dashboards/generated from the definitions
	python -m airuntime_dashboards.generate dashboards/generated

plugin: $(STAMPS)/plugin ## Build the Grafana plugin into plugin-frontend/dist, and the preview

plugin-zip: $(STAMPS)/plugin ## The plugin as a zip for a Grafana of your own, in plugin-frontend/dist-zip
	@$(PYTHON) tools/zip_plugin.py $(FRONTEND)/dist $(FRONTEND)/dist-zip

bench: $(STAMPS)/python ## Run the benchmarks and print their tables
	@for bench in benchmarks/*.py; do echo "== $$bench"; python $$bench; done

screenshots: $(STAMPS)/python $(STAMPS)/plugin $(STAMPS)/system ## Take the pictures of the README from a running demo
	PYTHONPATH=tests python tools/screenshots.py docs/images

openapi: $(STAMPS)/python $(STAMPS)/node ## Write the OpenAPI document and the frontend's types from the code
	airuntime openapi --output $(FRONTEND)/openapi.json
	cd $(FRONTEND) && npm run --silent generate-types

docs: $(STAMPS)/python ## Write docs/configuration.md and docs/panels.md from what they are about
	python tools/write_configuration.py
	python tools/write_panels.py

proto: $(STAMPS)/python ## Generate the gRPC code from the .proto file
	python tools/generate_proto.py

clean: ## Remove all that was built or installed here
	rm -rf $(VENV) $(DDAGENT) $(STAMPS) .demo $(FRONTEND)/node_modules $(FRONTEND)/dist $(FRONTEND)/dist-preview $(FRONTEND)/dist-zip
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMPS)/python: constraints.txt requirements-dev.txt $(foreach package,$(PACKAGES),$(package)/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ": make PYTHON=<path>") if sys.version_info < (3, 11) else 0'
	@echo "Installing the Python packages into $(VENV)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --requirement requirements-dev.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --no-build-isolation $(foreach package,$(PACKAGES),--editable ./$(package))
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/ddagent: requirements-ddagent.txt
	@echo "Installing Datadog's test agent into $(DDAGENT)"
	$(PYTHON) -m venv $(DDAGENT)
	$(DDAGENT)/bin/python -m pip install --quiet --requirement requirements-ddagent.txt
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/node: $(FRONTEND)/package-lock.json | $(STAMPS)/python
	@tools/install-node.sh
	@echo "Installing the npm packages into $(FRONTEND)/node_modules"
	cd $(FRONTEND) && npm ci --no-audit --no-fund --loglevel=error
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/plugin: $(STAMPS)/node $(FRONTEND_SOURCES)
	cd $(FRONTEND) && npm run --silent build && npm run --silent build:preview
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/system: tools/install-system.sh
	@tools/install-system.sh prometheus chromium busybox postgresql
	@mkdir -p $(STAMPS) && touch $@
