# make run    the whole site on this machine, http://127.0.0.1:8000
# make test   every check and every test, on a database of its own
# make check  format, lint, types, import rules, migrations and translations only
# make bench  the engine on the benchmark: the table and the picture of docs/engine.md (half an hour)
# make setup  what these need; the second call finds everything in place

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
CATALOGUES := $(wildcard */locale/*/LC_MESSAGES/*.po)
ENGINE := $(wildcard scheduling/engine/*.py scheduling/engine/*/*.py)

.PHONY: run test check bench setup setup-dev
.DELETE_ON_ERROR:

run: setup
	@exec $(BIN)/python -m planning_site.embedded run

test: setup-dev
	@exec tests/run all

check: setup-dev
	@exec tests/run check

bench: setup-dev
	@$(BIN)/python tests/bench/measure.py -o docs/engine.md --picture docs/pictures/engine-cost.svg

setup: .venv/.installed .venv/.translated .venv/.compiled

setup-dev: setup .venv/.installed-dev

.venv/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed. PYTHON=/path/to/python3 names one." >&2; exit 1; }
	@tests/make_venv "$(PYTHON)"
	@touch $@

.venv/.installed: requirements.txt .venv/.made
	@echo "Installing requirements.txt ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -r requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	@echo "Installing requirements-dev.txt ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -r requirements-dev.txt
	@touch $@

# Compiled translations and kernels are no part of the source.
.venv/.translated: $(CATALOGUES) .venv/.installed
	@$(BIN)/python manage.py translations --compile
	@touch $@

.venv/.compiled: $(ENGINE) .venv/.installed
	@echo "Compiling the planning engine ..."
	@$(BIN)/python -m scheduling.engine warm
	@touch $@
