# Everything to do with the source, on a fresh machine as on an old one: `make test`, `make demo`.
# Nothing has to be installed by hand but make, git and a Python of at least 3.11.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/installed
COMPILED := $(VENV)/compiled

# Whatever the environment says: what is compiled is kept, for the processes that the tests start.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test tested test-long test-servers test-browser check lint types format bench bench-reading corpora deb lock clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

demo: $(READY)  ## the whole story in a minute, on an embedded mail server
	@$(BIN)/maildesk demo --pages build/demo

test: lint  ## lint, types and every test but the long ones, against real servers
	@$(MAKE) --no-print-directory --jobs=2 types tested

# While the types are looked at; make says at the end whether they failed.
tested: $(COMPILED)
	@$(call pytest,not long)

test-long: $(READY)  ## the tests that take minutes: loads, crashes, long days
	@$(call pytest,long)

test-servers: $(READY)  ## one conversation and its faults over Cyrus, Courier, imap4d, Dovecot: some minutes
	@$(call pytest-servers,servers)

test-browser: $(READY)  ## pages in a real Chromium, with and without script; renews docs/pictures
	@packaging/tools/browser.sh build/browser $(VENV)
	@MAILDESK_PICTURES=docs/pictures PYTHONPATH=build/browser/packages $(BIN)/python -m pytest tests/browser -m browser $(PYTEST)

check: lint types

lint: $(READY)  ## ruff: mistakes and form
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY)  ## mypy --strict
	@$(BIN)/mypy

format: $(READY)  ## let ruff repair what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(READY)  ## measure, and compare with the figures in docs
	@$(BIN)/python -m bench

bench-reading: $(READY)  ## measure what reading a mail costs, and that nothing in it costs more than its size
	@$(BIN)/python -m bench.reading

# The mails are other people's and no part of the project: without them the target says so and is content.
corpora: $(READY)  ## score the reader on labelled mails, where they are (CORPORA=FOLDER names the folder)
	@$(BIN)/python -m bench.corpora $(CORPORA)

# Debian's own Python runs it there, whatever made the environment here (PYTHON=/usr/bin/python3.13 names another).
deb: $(READY)  ## the Debian package, to dist/
	@PYTHONPATH=packaging/tools:. $(BIN)/python -m deb --python $(or $(PYTHON),/usr/bin/python3)

lock:  ## renew requirements.lock after a change of pyproject.toml; UPGRADE=1 for newer versions
	@python3.11 -m venv build/lock
	@build/lock/bin/python -m pip install --quiet --disable-pip-version-check pip-tools
	@build/lock/bin/python packaging/tools/lock.py $(if $(UPGRADE),--upgrade)

clean:  ## remove the environment, caches and builds
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# In a new environment pytest rewrites each module once, and not once for each worker.
$(COMPILED): $(READY)
	@$(BIN)/python -m pytest --collect-only -qq >/dev/null || true  # what is wrong there, the run says
	@touch $@

# Made anew when what is to be installed has changed.
$(READY): pyproject.toml requirements.lock packaging/tools/venv.sh
	@packaging/tools/venv.sh $(VENV)

# With the servers here, a test that cannot find its server is a failure; without, it is skipped by name.
# A third of most tests is waiting, so there are three processes for two CPUs. Each has servers of its own and takes
# whole files, the quick ones of tests/unit last; PYTEST="-n 0" runs them one after the other. Their files are in
# memory where there is room for them: on a disk every commit of every desk would be waited for.
WORKERS := $(shell cpus=$$(getconf _NPROCESSORS_ONLN); echo $$(( cpus < 5 ? (3 * cpus + 1) / 2 : 8 )))
define pytest
if packaging/tools/servers.sh; then export MAILDESK_REQUIRE_SERVERS=1; fi; TMPDIR=$$(packaging/tools/scratch.sh) $(BIN)/python -m pytest -m "$(1)" -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST)
endef

# The tests of a server share it, so they stay in one process. What of the servers cannot be had here is skipped by name.
define pytest-servers
if packaging/tools/servers.sh && packaging/tools/test_servers.sh build/servers; then export MAILDESK_REQUIRE_SERVERS=1; fi; $(BIN)/python -m pytest tests/servers -m "$(1)" -n $(WORKERS) --dist loadgroup $(PYTEST)
endef
