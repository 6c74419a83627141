PORT ?= 8000
PYTHON ?= python3
RUN = .venv/bin

.PHONY: help setup demo test check bench docs wheel

help:  ## what can be made here
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */\1\t/' | expand -t 8

setup:  ## virtual environment, locked packages, assets, catalogues (quick when nothing changed)
	@$(PYTHON) tools/setup.py

demo: setup  ## build the demo data if absent and serve it on http://127.0.0.1:8000 (PORT=…)
	@TIBANDU_DEMO=1 $(RUN)/tibandu demo --port $(PORT)

test:  ## the whole suite on SQLite, then on PostgreSQL and in a browser where they are found
	@$(PYTHON) tools/setup.py --dev
	@$(RUN)/python tools/test.py

check:  ## format, lint, types, import contracts, missing migrations, messages
	@$(PYTHON) tools/setup.py --dev
	@$(RUN)/python tools/check.py

bench: setup  ## measure the speed of pages and steps
	@$(RUN)/tibandu bench

docs:  ## draw the generated documents anew
	@$(PYTHON) tools/setup.py --dev
	@$(RUN)/python tools/docs.py

wheel:  ## build the wheel and prove it in a bare environment without network and node
	@$(PYTHON) tools/setup.py --dev
	@$(RUN)/python -m pytest -m wheel -q tests/test_wheel.py
	@$(RUN)/python tools/wheel.py dist
