# Kaiin. `make help` lists the commands; CONTRIBUTING.md says more.

PORT ?= 8000
ARGS ?=
PY := .venv/bin/python
RUNTIME := .venv/.runtime
DEV := .venv/.dev

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

# --- environment ---

.PHONY: env
env: $(RUNTIME) ## build .venv with kaiin in it, and nothing else

$(RUNTIME): requirements.lock pyproject.toml scripts/env.sh
	@scripts/env.sh
	@touch $@

.PHONY: dev
dev: $(DEV) ## as env, with the tools of development and tests

$(DEV): $(RUNTIME) requirements-dev.lock
	@scripts/env.sh dev
	@touch $@

.PHONY: lock
lock: $(RUNTIME) ## pin the newest versions that pyproject.toml allows
	$(PY) -m scripts.lock

# --- try it ---

.PHONY: demo
demo: $(RUNTIME) ## a whole club on your machine, at http://id.localhost:8000 (PORT=… moves it)
	@exec .venv/bin/kaiin demo --port $(PORT) $(ARGS)

.PHONY: demo-reset
demo-reset: $(RUNTIME) ## drop the demo's data, so that the next demo starts over
	@exec .venv/bin/kaiin demo --reset

.PHONY: screens
screens: $(DEV) ## pictures of every page, under var/screens
	@KAIIN_BROWSER="$$(scripts/browser.sh)" exec $(PY) -m scripts.screens $(ARGS)

# --- develop ---

.PHONY: test
test: $(DEV) ## every check; installs and starts what it needs
	@exec $(PY) -m scripts.run_tests

.PHONY: check
check: $(DEV) ## the quick part of test: tools and domain, in seconds
	@exec $(PY) -m scripts.run_tests --quick

.PHONY: fmt
fmt: $(DEV) ## put the code in order
	$(PY) -m ruff check --fix --quiet .
	$(PY) -m ruff format .
	$(PY) -m scripts.tenant_schema

.PHONY: bench
bench: $(DEV) ## measure, as JSON and a table
	@exec $(PY) -m bench $(ARGS)

.PHONY: mutants
mutants: $(DEV) ## break the engine on purpose and see what notices (ARGS=--list, ARGS="name…")
	@exec $(PY) -m scripts.mutants $(ARGS)

.PHONY: soak
soak: $(DEV) ## simulate seed after seed for an hour, on both databases (ARGS="--seeds 1-50 --members 200 --months 24")
	@exec $(PY) -m scripts.soak $(or $(ARGS),--minutes 60 --database both)

.PHONY: clean
clean: ## drop everything that was made here: environment, caches, demo data
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
