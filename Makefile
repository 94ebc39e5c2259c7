# Thin: each target names a tool. Stamps live in .venv, so that a second `make test` builds nothing.
PYTHON ?= python3
VENV := .venv
BIN := $(abspath $(VENV))/bin
RUST_SOURCES := $(shell find rust -name target -prune -o \( -name '*.rs' -o -name 'Cargo.*' -o -name '*.toml' \) -print 2>/dev/null)
PYTEST_FLAGS ?= -n auto
MINUTES ?= 5
PARTS ?=

.PHONY: help venv build wheels wheels-test demo test coverage mutants attacks campaigns statistics fuzz check format bench peers clean
.DELETE_ON_ERROR:

help:
	@echo 'make demo    environment, build, then prove and verify the reference network'
	@echo 'make test    the whole test suite'
	@echo 'make wheels  both distributions as wheels, in dist/'
	@echo 'make wheels-test  the demo by these wheels in an empty environment, here and on an emulated processor without AVX'
	@echo 'make coverage every line and branch of the verifier is run by a test, or it fails'
	@echo 'make mutants every check of the verifier broken in turn: some test must fail'
	@echo 'make attacks every attack on the verifier, and the check that stops it'
	@echo 'make campaigns  thousands of random proofs and a million changed ones: hours; see campaigns/README.md'
	@echo 'make statistics  500 proofs of each of two inputs, fresh randomness: what is sent is uniform'
	@echo 'make fuzz    mutated files on whatever reads them, MINUTES=5 for each target'
	@echo 'make check   formatting, lints, types, import contracts; Rust too'
	@echo 'make bench   measure all: JSON records, docs/performance.md and docs/benchmarks.md; PARTS="matvec scaling" for some'
	@echo 'make peers   the baseline of zkinfer bench matvec: the original circuit on plonky2'
	@echo 'make format  rewrite the sources in the house format'
	@echo 'make clean   remove everything that was built'

$(VENV)/.stamp-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'zkinfer needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3.11 ...' >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.stamp-tools: requirements-dev.txt | $(VENV)/.stamp-python
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@touch $@

$(VENV)/.stamp-verifier: verifier/pyproject.toml $(VENV)/.stamp-tools
	$(BIN)/python -m pip install --quiet -e verifier
	@touch $@

$(VENV)/.stamp-prover: prover/pyproject.toml $(RUST_SOURCES) $(VENV)/.stamp-verifier
	@command -v cargo > /dev/null || { echo 'zkinfer needs Rust (cargo); install it from https://rustup.rs' >&2; exit 2; }
	cd prover && VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/maturin develop --release --quiet
	@touch $@

venv: $(VENV)/.stamp-verifier

build: $(VENV)/.stamp-prover

# For any machine of this architecture, whatever RUSTFLAGS say here. The prover's wheel names the glibc that it needs.
wheels: $(VENV)/.stamp-verifier
	rm -rf dist
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist ./verifier
	cd prover && RUSTFLAGS= $(BIN)/maturin build --release --auditwheel check --interpreter $(BIN)/python --out ../dist

wheels-test: wheels
	scripts/wheels-test

demo: build
	scripts/demo

test: build
	$(BIN)/python -m pytest $(PYTEST_FLAGS)

# The fewest tests that run all of it, in less than a minute of one core; `make test` runs the same lines in many more.
coverage: build
	@mkdir -p build/coverage
	$(BIN)/python -m pytest $(PYTEST_FLAGS) --cov --cov-report=term-missing @tests/covering.txt

mutants: build
	nice $(BIN)/python -m tests.mutation --json tests/mutation/record.json

attacks: build
	$(BIN)/python -m attacks

campaigns: build
	for name in completeness general mutated-toy mutated-standard; do \
		$(BIN)/python -m campaigns $$name --processes $$(nproc) --record campaigns/records/$$name.json || exit; done

statistics: build
	PROOFS=500 $(BIN)/python -m pytest -q tests/zero_knowledge/test_uniformity.py

fuzz: build
	$(BIN)/python -m fuzz --minutes $(MINUTES)

check: build
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	cargo fmt --manifest-path rust/Cargo.toml --all -- --check
	cargo clippy --manifest-path rust/Cargo.toml --workspace --all-targets --locked -- -D warnings
	cargo test --manifest-path rust/Cargo.toml --workspace --locked --quiet

format: venv
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	cargo fmt --manifest-path rust/Cargo.toml --all

# A quarter of an hour on two cores where nothing else runs; PARTS=pages only writes the pages again.
bench: build
	$(BIN)/python -m benches $(PARTS)

# plonky2 wants features of nightly Rust, for this crate alone, and is fastest when built for this machine.
peers:
	cd benches/peers/plonky2 && RUSTC_BOOTSTRAP=1 RUSTFLAGS='-C target-cpu=native' cargo build --release --locked

clean:
	rm -rf $(VENV) build dist rust/target .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find prover/src -name '*.so' -delete
