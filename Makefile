# Everything a fresh Debian 12 needs is Python >= 3.11, git and make: each target sets itself up.
# The interpreter can be named: make test PYTHON=/opt/python3.13/bin/python3
PYTHON ?= python3
# To how many entries `make bench` fills the log before it measures again.
ENTRIES ?= 1000000
# COMPILED=1: demo, test and bench run compiled contracts, from a tree of their own beside the sources.
COMPILED ?=
# Not for the make that tests run in a folder of theirs: it would compile again there.
MAKEOVERRIDES :=
unexport COMPILED
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
SERVER := $(VENV)/.installed-server
DEV := $(VENV)/.installed-dev

COMPILED_TREE := build/compiled/.made
ifneq ($(COMPILED),)
SERVER += $(COMPILED_TREE)
DEV += $(COMPILED_TREE)
# Without the safe path Python looks in the current folder first, where the sources lie.
RUN := RX_CONTRACTS=compiled PYTHONSAFEPATH=1 PYTHONPATH='$(CURDIR)/build/compiled:$(CURDIR)'
PYTEST := -o pythonpath='build/compiled .'
endif

.PHONY: help demo test proxy bench lint lock verifier judges compiled clean

help:
	@echo "make demo      play a working day of two hospitals and three pharmacies, then audit its log"
	@echo "make test      all tests but those that need Go, a browser or nginx"
	@echo "make bench     what the server and the verifier reach on this machine (half an hour; ENTRIES=0: two minutes)"
	@echo "make compiled  build/compiled, the same with compiled contracts (needs a C compiler); COMPILED=1 runs them"
	@echo "make lint      ruff and mypy --strict"
	@echo "make proxy     nginx with the example of api/PROXY.md in front of a server (needs nginx)"
	@echo "make judges    other people's programs check the log of the demo (needs Go)"
	@echo "make verifier  dist/rx-verify.pyz, the verifier as one file"
	@echo "make lock      resolve requirements/*.txt anew"
	@echo "make clean     remove all that the other targets made"

demo: $(SERVER)
	$(RUN) $(BIN)/rx demo --out demo-out

test: $(DEV)
	$(RUN) $(BIN)/python -m pytest -q -n 2 -m "not judges and not browser and not proxy" $(PYTEST)

proxy: $(DEV)
	$(BIN)/python -m pytest -q -m proxy tests/proxy

judges: $(DEV)
	$(BIN)/python -m pytest -q -m judges tests/judges

bench: $(DEV)
	$(RUN) $(BIN)/python -m bench.run --entries $(ENTRIES)

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/mypy

compiled: $(COMPILED_TREE)

# A tree apart, whole and of one moment: beside the sources an old shared object would be taken for the newer text.
$(COMPILED_TREE): setup.py pyproject.toml $(shell find api contracts ledger network verifier -type f ! -name '*.pyc') \
		| $(VENV)/.installed-dev
	@$(BIN)/python -c 'import os, sysconfig; raise SystemExit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))' \
		&& command -v cc >/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq gcc libc6-dev python3-dev; \
		else \
			echo "A C compiler and Python's headers are needed. Run this once: sudo apt-get install -y gcc libc6-dev python3-dev" >&2; \
			exit 1; \
		fi; }
	@rm -rf build/compiled && mkdir -p build
	@echo "compiling the contracts: three to five minutes …"
	@RX_COMPILED=1 $(BIN)/python setup.py --quiet build --build-lib build/compiled > build/compiled.log 2>&1 \
		|| { cat build/compiled.log >&2; exit 1; }
	@touch $@

# Staged first, so that the file holds the verifier alone; fixed times give the same bytes from the same sources.
# __main__ is written here because the one that zipapp generates drops the exit code.
verifier: $(SERVER)
	rm -rf build/rx-verify
	mkdir -p build/rx-verify/verifier dist
	cp verifier/*.py build/rx-verify/verifier/
	printf 'import sys\n\nfrom verifier.command import main\n\nif __name__ == "__main__":\n    sys.exit(main())\n' > build/rx-verify/__main__.py
	find build/rx-verify -exec touch -d '2000-01-01 00:00:00 UTC' {} +
	$(BIN)/python -m zipapp build/rx-verify --python '/usr/bin/env python3' --output dist/rx-verify.pyz
	chmod 755 dist/rx-verify.pyz

# Only versions that have been public for a week: most poisoned uploads are found and withdrawn sooner.
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --exclude-newer '7 days' \
	--upgrade --quiet --custom-compile-command 'make lock'
lock:
	$(PYTHON) -m venv build/uv
	build/uv/bin/python -m pip --disable-pip-version-check install --quiet uv
	build/uv/bin/uv pip compile $(LOCK) --extra server -o requirements/server.txt pyproject.toml requirements/build.in
	build/uv/bin/uv pip compile $(LOCK) --extra server --extra dev -c requirements/server.txt \
		-o requirements/dev.txt pyproject.toml requirements/build.in

clean:
	rm -rf $(VENV) build dist demo-out *.egg-info

$(VENV)/.installed-%: requirements/%.txt pyproject.toml | $(BIN)/python
	$(PIP) install --quiet --require-hashes -r $<
	$(PIP) install --quiet --no-build-isolation --no-deps --editable .
	@touch $@

# Debian ships venv without ensurepip; the package that holds it is installed where we may, and named where not.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed. Name one: make $(MAKECMDGOALS) PYTHON=<path of python3>" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv; \
		else \
			echo "Python's venv module is incomplete. Run this once, then make again: sudo apt-get install -y python3-venv" >&2; \
			exit 1; \
		fi; }
	$(PYTHON) -m venv $(VENV)
