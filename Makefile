# What a fresh machine needs: Python 3.11 or later, and make. `make demo` and `make test` do the rest.
PYTHON ?= python3
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py

.DELETE_ON_ERROR:
.PHONY: demo test check bench screenshots format setup setup-dev assets
# One thing after the other: the targets share .venv and the embedded database.
.NOTPARALLEL:

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUNBUFFERED := 1
# A secret or a switch from outside wins.
demo assets check bench format: export DEBUG ?= true

# Recipes are single commands without shell syntax, so that make starts them itself and passes signals on.
demo: setup assets
	@$(MANAGE) demo

# On every core; `make test ARGS="-k quotas"` for a part of it.
test: setup-dev assets
	@$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

# The pictures of the README, drawn anew.
screenshots: setup-dev assets
	@env DEBUG=true SCREENSHOTS=static/screenshots $(BIN)/python -m pytest -q -k pictures_of_the_readme

# Measured in a database of its own: the demonstration's data is not touched.
bench: export DATA_DIR := .data/bench
bench: setup-dev assets
	@rm -rf .data/bench
	@$(MANAGE) database run -- $(BIN)/python -m tests.benchmarks $(ARGS)

check: setup-dev assets
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djlint templates --lint
	$(MANAGE) database run -- $(MANAGE) makemigrations --check --dry-run
	env DEBUG=false SECRET_KEY=$(CHECK_KEY) ALLOWED_HOSTS=farmland.example HTTPS=true \
		$(MANAGE) check --deploy --fail-level WARNING

# Long and varied enough for the check; never serves anything.
CHECK_KEY := check-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOP

format: setup-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

setup: .venv/.installed
setup-dev: .venv/.installed-dev

assets: setup .venv/.installed-maps
	@$(MANAGE) build_assets
	@$(MANAGE) build_maps
	@$(MANAGE) translations compile

# The stamps are written last: an interrupted installation is done again.
.venv/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.installed: requirements.txt | .venv/.python
	$(BIN)/python -m pip install -q --require-hashes -r requirements.txt
	@touch $@

.venv/.installed-dev: requirements.txt requirements-dev.txt | .venv/.installed
	$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.txt
	@touch $@

.venv/.installed-maps: requirements-maps.txt | .venv/.installed
	$(BIN)/python -m pip install -q --require-hashes -r requirements-maps.txt
	@touch $@
