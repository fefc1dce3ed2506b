# `make up` and `make test` are the contract with newcomers (README.md). Everything else is a part of them.
.DEFAULT_GOAL := help
PYTHON ?= python3
JOBSEEKER := .venv/bin/jobseeker
export RASA_TELEMETRY_ENABLED := false

.PHONY: help setup setup-dev up down status train chat validate check format test web screenshots locks audit-deps bench-turns bench-match bench-nlu bench-skills bench-load bench-flood bench-desk soak clean

help:            ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

need-python:
	@command -v $(PYTHON) >/dev/null || { echo "python3 is missing. On Debian: sudo apt-get install python3 python3-venv"; exit 1; }

setup: need-python   ## both environments (.venv, bot/.venv) and the web pages
	@$(PYTHON) tools/bootstrap.py app bot web

setup-dev: need-python
	@$(PYTHON) tools/bootstrap.py dev bot-dev web

up: setup        ## start everything; web chat on http://127.0.0.1:8080/
	@$(JOBSEEKER) up

down:            ## stop everything
	@test -x $(JOBSEEKER) && $(JOBSEEKER) down || echo "nothing is set up here"

status:          ## what is running
	@$(JOBSEEKER) status

train: setup     ## train the model if the training data changed
	@$(JOBSEEKER) train

chat:            ## a conversation in the terminal (needs make up)
	@$(JOBSEEKER) chat

validate: setup  ## check packs and training data
	@$(JOBSEEKER) validate

format:          ## put the code into shape
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

check: setup-dev ## format, lint, types, import contracts, generated pages, unit + property + contract tests: under a minute
	@.venv/bin/python tools/check.py

test: setup-dev  ## everything: make check, then the trained model, real processes, PostgreSQL, the browser
	@.venv/bin/python tools/check.py
	@$(JOBSEEKER) train
	@.venv/bin/python tools/test_all.py

screenshots: setup-dev ## docs/screenshots anew: the scenes of tests/e2e/scenes.py in Chromium with everything real
	JOBSEEKER_SCREENSHOTS=keep .venv/bin/python -m pytest -q -n 0 tests/e2e/test_scenes.py

locks:           ## compile requirements/*.in to hashed lock files
	@$(PYTHON) tools/locks.py

audit-deps: need-python ## published weaknesses of everything that is locked; exit code 3 where they cannot be looked up
	@$(PYTHON) tools/bootstrap.py audit
	@$(PYTHON) tools/audit_deps.py

bench-turns: setup-dev   ## our Rasa against plain Rasa, one table
	@$(PYTHON) tools/bootstrap.py bench
	.venv/bin/python bench/bench_turns.py $(BENCH_ARGS)

bench-match: setup-dev   ## exact ranking of a million vacancies against search engines, one table
	@$(PYTHON) tools/bootstrap.py bench-match
	.venv/bin/python bench/bench_match.py $(BENCH_ARGS)

bench-nlu: setup-dev     ## our classifier against Rasa's default pipeline, one table
	@$(PYTHON) tools/bootstrap.py bench
	.venv/bin/python bench/bench_nlu.py $(BENCH_ARGS)

bench-skills: setup-dev  ## our skill reader against spaCy's PhraseMatcher, one table
	.venv/bin/python bench/bench_skills.py $(BENCH_ARGS)

bench-load: setup-dev    ## our whole path against plain Rasa's REST channel, one table
	@$(PYTHON) tools/bootstrap.py bench
	.venv/bin/python bench/bench_load.py $(BENCH_ARGS)

bench-flood: setup-dev   ## whether one person who floods slows the others, one table
	@$(JOBSEEKER) train
	.venv/bin/python bench/bench_flood.py $(BENCH_ARGS)

bench-desk: setup-dev    ## opening a case of 5,000 lines at the desk against one of 300, one table
	.venv/bin/python bench/bench_desk.py $(BENCH_ARGS)

soak: setup-dev          ## 10,000 messages on three channels, 30 kills, a database away for 60 s, a full disk, on SQLite and on PostgreSQL with two gateways
	@$(JOBSEEKER) train
	JOBSEEKER_SOAK=$(or $(SOAK),10000:30) JOBSEEKER_OUTAGE_SECONDS=$(or $(OUTAGE),60) .venv/bin/python -m pytest -q -n 0 tests/integration/test_nothing_lost.py tests/integration/test_outages.py
