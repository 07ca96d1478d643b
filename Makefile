# Every target sets up what it needs; `make demo` and `make test` work on a fresh clone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# Style checks compile the models but never touch a real warehouse.
LINT_DIR := $(CURDIR)/.tributary/lint
FAULTS := $(CURDIR)/.tributary/faults
# What keeps a promise of docs/reliability.md; beside tests/faults, what is quick enough for every day.
# `make faults-short` runs it, and `make unit` all else.
PROMISES := tests/faults tests/integration/test_planted_people.py tests/unit/foundation/test_terminal.py \
	tests/unit/models/test_wildcards.py tests/unit/erasing/test_retention.py tests/unit/erasing/test_consents.py
# What asks the demo for what was planted: all but the company of files that names people.
TRUTH := $(filter-out %_people.py,$(sort $(wildcard tests/integration/test_planted_*.py)))
LINT_ENV := TRIBUTARY_WAREHOUSE=$(LINT_DIR)/warehouse.duckdb DBT_PROFILES_DIR=$(CURDIR)/dbt_project
DBT_PARSE := $(LINT_ENV) $(BIN)/tributary-dbt parse --quiet --log-path $(LINT_DIR) --project-dir dbt_project --target-path $(LINT_DIR)

export DO_NOT_TRACK := 1
# Where it is set, every process compiles its imports again: 0.9 s for one package alone.
unexport PYTHONDONTWRITEBYTECODE
export GX_ANALYTICS_ENABLED := false
export RUNTIME__DLTHUB_TELEMETRY := false

.DEFAULT_GOAL := help

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

$(STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	$(BIN)/python -m compileall -q orchestration simulator
	@touch $(STAMP)

setup: $(STAMP) ## Make .venv in the checkout and install the locked packages

lock: ## Resolve requirements.lock again from pyproject.toml (needs the package index)
	echo 'duckdb==1.5.5' | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev \
		--generate-hashes --no-emit-index-url --no-header pyproject.toml - --output-file requirements.lock

demo: $(STAMP) ## Run everything once for a made-up company and show its answers
	$(BIN)/tributary demo

test: lint unit ## Style, types, SQL, dbt and all tests but those of faults

lint: $(STAMP) ## Ruff, types, import contracts, dbt parse and SQL style
	mkdir -p $(LINT_DIR)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --cache-dir $(LINT_DIR)/imports
	$(DBT_PARSE)
	$(LINT_ENV) $(BIN)/sqlfluff lint --processes 2 models dbt_project/tests

unit: $(STAMP) ## All tests but faults and the slow ones, on two workers
	$(BIN)/pytest -n 2 --dist loadgroup --durations 15 $(PROMISES:%=--ignore=%)

faults-short: $(STAMP) ## A short form of every promise's test: kills, readers, damage, bad input, full disks
	$(BIN)/pytest -n 2 --dist loadgroup --durations 15 $(PROMISES)

faults: $(STAMP) ## Kills, readers, damage and bad input at length; fills docs/reliability.md (hours)
	mkdir -p $(FAULTS)
	rm -f $(FAULTS)/results.jsonl
	touch $(FAULTS)/results.jsonl
	status=0; TRIBUTARY_RELIABILITY=$(FAULTS)/results.jsonl $(BIN)/pytest -n 2 --dist loadgroup \
		--durations 20 -m 'slow or exhaustive' $(PROMISES) || status=$$?; \
		$(BIN)/python -m tests.kit.faults.report $(FAULTS)/results.jsonl; exit $$status

truth: $(STAMP) ## Compare the published demo of full size with what was planted, as make unit does with a small one
	TRIBUTARY_TRUTH_HOME=$${TRIBUTARY_HOME:-$(CURDIR)/.tributary} $(BIN)/pytest $(TRUTH)

bench: $(STAMP) ## Time and memory of small companies, the demo, a bare dbt build, loading, and a million touches by CSV
	$(BIN)/python -m benchmarks

bench-daily: $(STAMP) ## A million touches by CSV, 1 % more the next day, and a rebuild
	$(BIN)/python -m benchmarks daily

bench-attribution: $(STAMP) ## Attribution beside ChannelAttribution and others, up to 10,000,000 touches (takes an hour)
	$(BIN)/python -m benchmarks attribution

docs: $(STAMP) ## Build docs/ and every model's columns and lineage as a site, without the network
	$(BIN)/python -m benchmarks.site

docs-figures: $(STAMP) ## Write what the published demo says into README.md and docs/, and docs/metrics.md
	$(BIN)/python -m benchmarks.figures.metrics
	$(BIN)/python -m benchmarks.figures

docs-check: $(STAMP) ## Fail where README.md or docs/ print other figures than the published demo
	$(BIN)/python -m benchmarks.figures --check

metrics-check: $(STAMP) ## Validate models/metrics.yml with MetricFlow and compare every metric's answers
	$(BIN)/pytest tests/unit/metrics tests/unit/benchmarks/test_metrics_page.py tests/integration/test_metrics.py

wheel: $(STAMP) ## Build the package, install it into an environment of its own and run a small demo there
	$(BIN)/pytest -m slow tests/integration/test_wheel.py

superset: $(STAMP) ## Set up Superset in its own environment and serve the dashboards on this machine
	$(BIN)/python -m bi.superset.run

superset-test: $(STAMP) ## Import the dashboards into a real Superset, open each in Chromium and compare figures with SQL
	$(BIN)/pytest -m slow tests/integration/test_superset.py

referrers: $(STAMP) ## Rebuild the list of referrers from newer public lists: make referrers LIST=newer.csv
	$(BIN)/python -m seeds.referrers $(LIST)

ui: $(STAMP) ## Open the page on this machine, read-only
	$(BIN)/tributary ui

.PHONY: help setup lock demo test lint unit faults-short faults truth bench bench-daily bench-attribution docs docs-figures docs-check metrics-check wheel superset superset-test referrers ui
