# One word for each thing a developer or an evaluator does. Paths are relative on purpose: the folder may
# have blanks and any letters in its name.

PY := .venv/bin/python
PYTEST := QUANTRIET_HOME=var/test $(PY) -m pytest
# Two processes, whole files: what a file sets up once is set up once.
PYTEST_ARGS ?= -q -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help demo setup test test-core test-database pictures lint format prove prove-steps bench messages assets

help:
	@echo "make demo       run the whole system with demonstration data (PORT=8000, QUANTRIET_HOME=./var)"
	@echo "make test       all tests, with a browser"
	@echo "make test-core  all tests that need no browser"
	@echo "make test-database  those that lean on the database, for another PostgreSQL"
	@echo "make pictures   the journeys again, keeping a picture of each page they look at (var/test/pictures)"
	@echo "make lint       ruff, mypy, floors between packages"
	@echo "make format     let ruff put the code in order"
	@echo "make prove      the longer proofs, and all random examples drawn anew"
	@echo "make prove-steps  of these the hundred thousand steps alone"
	@echo "make bench      measurements (SCALE=commune|province|country: of a generated house, kept in var/)"
	@echo "make messages   collect and compile the translations (needs gettext)"
	@echo "make assets     rebuild the committed scripts, styles and fonts (needs Node)"

demo:
	@scripts/bootstrap.sh base
	@exec $(PY) -m quantriet.web.supervisor --demo

setup:
	@scripts/bootstrap.sh dev

test:
	@scripts/bootstrap.sh dev browser
	@$(PYTEST) $(PYTEST_ARGS) -m "not prove"

test-core:
	@scripts/bootstrap.sh dev
	@$(PYTEST) $(PYTEST_ARGS) -m "not prove and not journey"

# What leans on the database itself; for trying another PostgreSQL with QUANTRIET_PG_BIN.
DATABASE_TESTS := tests/ledger tests/org/commands tests/org/test_gate.py tests/campaigns/test_start.py \
	tests/campaigns/test_credits.py tests/conferences/test_attendance.py tests/conferences/test_scans.py tests/ingest tests/reports/commands

test-database:
	@scripts/bootstrap.sh dev
	@$(PYTEST) $(PYTEST_ARGS) -m "not prove" $(DATABASE_TESTS)

pictures:
	@scripts/bootstrap.sh dev browser
	@QUANTRIET_PICTURES=1 $(PYTEST) $(PYTEST_ARGS) -m journey

lint:
	@scripts/bootstrap.sh dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) .venv/bin/lint-imports

format:
	@scripts/bootstrap.sh dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

# One process a core; QUANTRIET_SEED=… goes on with a proof that was ended, QUANTRIET_STEPS=… takes another length.
prove-steps:
	@scripts/bootstrap.sh dev
	@$(PYTEST) -q -n auto tests/proofs/test_books.py -m prove

prove: prove-steps
	@scripts/bootstrap.sh dev browser media
	@$(PYTEST) -q -m "prove or (hypothesis and not journey)" --hypothesis-profile=anew --ignore=tests/proofs/test_books.py

# `make bench SCALE=country` measures a generated house in a home of its own, which is made once and kept.
bench: export QUANTRIET_HOME := $(if $(QUANTRIET_HOME),$(QUANTRIET_HOME),$(if $(SCALE),var/$(SCALE),var))
bench:
	@scripts/bootstrap.sh dev
	@$(PY) -m quantriet.web.cli bench $(if $(SCALE),--scale $(SCALE))

messages:
	@scripts/bootstrap.sh dev
	@scripts/messages.sh

assets:
	cd frontend && npm ci && npm run build
