# Everything a developer or somebody trying the gateway needs. `make help` lists it.

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
UV_VERSION := 0.13.9

# uv takes the Python of the environment it is told, the machine's certificates, and its index
# from pip's variable where there is one.
export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS := true
ifneq ($(PIP_INDEX_URL),)
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif
unexport UV_PYTHON VIRTUAL_ENV
# Without compiled modules each start of a program takes twice as long.
unexport PYTHONDONTWRITEBYTECODE

# One more than there are cores: now and then each of them waits, for a disk or a daemon.
PROCESSES := $(shell expr $$(nproc || echo 2) + 1)

INSTALL := $(UV) pip install --quiet --python $(BIN)/python
# uv knows nothing of pip.conf: where the package index is named only there, pip does the work.
FALLBACK := $(BIN)/python -m pip install --quiet --disable-pip-version-check
COMPILE := --quiet --universal --python-version 3.11 --generate-hashes --no-header $(LOCK)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test torture lint format lock bench fuzz clean gnupg chromium

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*  ## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

run: $(VENV)/runtime.stamp gnupg run/gateway.toml  ## try it: a gateway in run/ that sends into Maildirs
	@exec $(BIN)/gateway serve --config run/gateway.toml

test: lint chromium  ## everything that must hold before a commit
	$(BIN)/pytest -n $(PROCESSES) --maxprocesses 4 --dist loadfile --no-loadscope-reorder

torture: $(VENV)/dev.stamp gnupg  ## kill it some hundred times and see that nothing is lost
	$(BIN)/pytest -s -m torture tests/torture

lint: $(VENV)/dev.stamp gnupg  ## format, style, types and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/dev.stamp  ## put the code into its one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(UV)  ## renew the lock files; LOCK=--upgrade takes the newest versions
	$(UV) pip compile $(COMPILE) --output-file requirements.txt pyproject.toml
	$(UV) pip compile $(COMPILE) --group dev --all-extras --constraints requirements.txt \
		--output-file requirements-dev.txt pyproject.toml
	$(UV) pip compile $(COMPILE) --group pyproject.toml:fuzz --output-file requirements-fuzz.txt

bench: $(VENV)/dev.stamp gnupg  ## measure the gateway beside other mail software
	@$(BIN)/python -m bench

fuzz: $(VENV)/fuzz.stamp  ## a minute of hostile mail, led by coverage; SECONDS=600 for more
	$(BIN)/python -m tests.fuzz -max_total_time=$(or $(SECONDS),60)

clean:  ## remove what was made here; run/ stays, it may hold mail
	rm -rf $(VENV) build dist .coverage .hypothesis .import_linter_cache .mypy_cache \
		.pytest_cache .ruff_cache
	find gateway tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

run/gateway.toml: | $(VENV)/runtime.stamp
	$(BIN)/gateway init run

$(VENV)/dev.stamp: $(VENV)/runtime.stamp requirements-dev.txt
	$(INSTALL) --require-hashes -r requirements-dev.txt \
		|| $(FALLBACK) --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/fuzz.stamp: $(VENV)/dev.stamp requirements-fuzz.txt
	$(INSTALL) --require-hashes -r requirements-fuzz.txt \
		|| $(FALLBACK) --require-hashes -r requirements-fuzz.txt
	@touch $@

$(VENV)/runtime.stamp: $(UV) requirements.txt pyproject.toml
	$(INSTALL) --require-hashes -r requirements.txt \
		|| $(FALLBACK) --require-hashes -r requirements.txt
	$(INSTALL) --no-deps --build-constraints requirements-dev.txt -e . \
		|| $(FALLBACK) --no-deps -e .
	@touch $@

# A Python that is new enough, with its venv module; Debian has that in a package of its own.
$(UV):
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			found=$$python; break; \
		fi; \
	done; \
	test -n "$$found" || { echo 'Please install Python 3.11 or newer.' >&2; exit 1; }; \
	if ! $$found -c 'import ensurepip, venv' 2>/dev/null; then \
		$(call debian,python3-venv,the venv module of Python (Debian: python3-venv)); \
	fi; \
	$$found -m venv $(VENV)
	$(FALLBACK) uv==$(UV_VERSION)

gnupg:
	@command -v gpg >/dev/null || { $(call debian,gnupg,GnuPG (Debian: gnupg)); }

# Fills in the contact form in a test. Without root, and without it, that test says so and is left out.
chromium:
	@command -v chromium >/dev/null || [ "$$(id -u)" != 0 ] \
		|| { $(call debian,chromium,Chromium (Debian: chromium)); }

# $(call debian,PACKAGE,WHAT): installed where that is possible without asking, else one clear line.
define debian
if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	export DEBIAN_FRONTEND=noninteractive; \
	apt-get update -qq; apt-get install -qq --no-install-recommends $(1) >/dev/null; \
else \
	echo 'Please install $(2).' >&2; exit 1; \
fi
endef
