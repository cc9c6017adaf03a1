# Every target sets up what it needs in a virtual environment of its own. All that must be there first:
# Python 3.11 or newer with venv, make, and a C compiler (without one everything works, slowly).

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# What an installation is made from; other source files take effect as they are, the installation being editable.
BUILT_FROM := pyproject.toml setup.py $(shell find src -name '*_loop.py' -o -name '*.pxd')

.PHONY: demo test lint sanitize dist bench clean

demo: $(VENV)/.installed  ## the outage of December 2014, rebuilt and reported
	$(BIN)/gonedark demo

test: $(VENV)/.installed-dev  ## all tests; PYTEST_ARGS="-k something" for some
	$(BIN)/python -m pytest -n auto --dist worksteal $(PYTEST_ARGS)

lint: $(VENV)/.installed-dev  ## style, types, walls between the rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports

# In a copy, so that the loops that everything else uses stay as they are.
sanitize: $(VENV)/.installed-dev  ## the fuzzer on the decoder built with AddressSanitizer; FUZZ_ARGS="--seconds 60 FILE..."
	rm -rf build/sanitized && mkdir -p build/sanitized
	git ls-files -z setup.py src | xargs -0 cp --parents -t build/sanitized
	cd build/sanitized && GONEDARK_BUILD=sanitized $(abspath $(BIN))/python setup.py --quiet build_ext --build-lib src
	LD_PRELOAD=$$($(CC) -print-file-name=libasan.so) ASAN_OPTIONS=detect_leaks=0 PYTHONMALLOC=malloc \
	  PYTHONPATH=build/sanitized/src $(BIN)/python fuzz/fuzz_mrt.py $(FUZZ_ARGS)

dist: $(VENV)/.installed-dev  ## source distribution and compiled wheel in dist/, checked for completeness
	rm -rf dist
	GONEDARK_BUILD=compiled $(BIN)/python -m build --outdir dist
	$(BIN)/python scripts/check_dist.py dist

bench: $(VENV)/.installed-dev  ## the quick benchmark; BENCH_ARGS=--full for the large one
	$(BIN)/python bench/run.py $(BENCH_ARGS)

clean:  ## everything that a target made
	rm -rf $(VENV) build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src -name '*_loop.*.so' -delete

# A development installation serves the demo too, so that `make demo` after `make test` installs nothing.
$(VENV)/.installed: $(BUILT_FROM) | $(BIN)/pip
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.installed-dev: $(BUILT_FROM) | $(BIN)/pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $(VENV)/.installed $@

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gonedark needs Python 3.11 or newer; name one, as in: make PYTHON=python3.12 demo")'
	$(PYTHON) -m venv $(VENV)
