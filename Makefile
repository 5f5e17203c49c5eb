# Every recipe needs only Python; `make setup` brings the rest into .venv.
BIN := .venv/bin/
UV ?= $(firstword $(wildcard .tools/uv/bin/uv) uv)
LOCK := $(UV) pip compile --quiet --universal --generate-hashes --no-header \
  --no-emit-index-url --no-emit-find-links --exclude-newer "7 days"

.DEFAULT_GOAL := help
.PHONY: bench dist docs help run setup check quick format-check format lint types contracts test coverage mutants page lock faults

help: ## list the recipes
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: ## the sandbox
	python3 run.py

setup: ## the environment with everything the checks need
	@python3 run.py test --version

check: format-check lint types contracts test ## everything that has to hold before a commit

quick: SHELL := bash
quick: export TIMEFORMAT := CPU time: %U s, and %S s in the kernel
quick: setup ## within seconds: the checks, with the tests of core and views alone
	@time { $(BIN)ruff format --check . && $(BIN)ruff check . && $(BIN)lint-imports --no-logo \
	  && $(BIN)mypy && $(BIN)pytest --quiet tests/core tests/views; }

format-check: setup ## is the code formatted?
	$(BIN)ruff format --check .

format: setup ## format the code and mend what lint can mend
	$(BIN)ruff check --fix .
	$(BIN)ruff format .

lint: setup ## ruff's rules
	$(BIN)ruff check .

types: setup ## mypy, strict
	$(BIN)mypy

contracts: setup ## which package may import which
	$(BIN)lint-imports

test: ## all tests
	python3 run.py test

coverage: setup ## how much the fast tests go through; fails below 95 % of core or journal
	.ci/coverage

mutants: setup ## change the core's rules in every small way and see that its tests notice; minutes
	$(UV) pip install --quiet --python $(BIN)python --require-hashes -r requirements-mutation.lock
	rm -rf mutants
	nice $(BIN)mutmut run
	$(BIN)mutmut results

faults: setup ## the long form of tests/faults, for hours; prints a table
	$(BIN)python -m tests.faults $(FAULTS)

docs: setup ## write docs/systems.md, and the part of docs/codes.md that the code tells
	$(BIN)python -m tests.codes_page
	$(BIN)python -m tests.systems_page

dist: setup ## wheel, source archive and SBOM of a release, in dist/
	rm -rf dist
	$(BIN)python -m hatchling build
	$(BIN)cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible --output-file dist/slipway.cdx.json

bench: setup ## Slipway beside other bots; writes docs/benchmarks.md
	$(BIN)python -m tests.bench.peers

page: ## build the sandbox's page (needs Node)
	cd bot/sandbox/page && npm ci && npm run build

lock: ## resolve the locks anew, leaving out releases of the last week
	$(LOCK) --upgrade --group build --output-file requirements.lock pyproject.toml
	$(LOCK) --upgrade --group dev --constraints requirements.lock --output-file requirements-dev.lock pyproject.toml
	$(LOCK) --upgrade --group browser --constraints requirements-dev.lock --output-file requirements-browser.lock
	$(LOCK) --upgrade --group mutation --constraints requirements-dev.lock --output-file requirements-mutation.lock
	echo uv | $(LOCK) --upgrade --no-annotate --output-file requirements-uv.lock -
