# Few verbs: setup, demo, serve, test, fuzz, check, bench, lock. Each makes what it needs first.
PYTHON ?= $(shell command -v python3.11 || echo python3)
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1
INSTALL := $(BIN)/python -m pip install --quiet --no-compile --require-hashes --no-deps

.PHONY: setup text imaging demo serve test fuzz check bench lock clean

setup: .venv/.core

.venv/.core: requirements/core.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Cognoscope needs Python 3.11 or later: install it, or say which one with 'make PYTHON=python3.12 $(MAKECMDGOALS)'."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(INSTALL) --only-binary :all: -r requirements/core.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# What reads reports: `make text demo` shows the demonstration hospital with them.
text: .venv/.text

.venv/.text: .venv/.core requirements/text.txt
	$(INSTALL) --only-binary :all: -r requirements/text.txt
	touch $@

# What reads images and speaks DICOM: `make imaging demo` shows the demonstration hospital with them.
imaging: .venv/.imaging

.venv/.imaging: .venv/.core requirements/imaging.txt
	$(INSTALL) --only-binary :all: -r requirements/imaging.txt
	touch $@

.venv/.dev: .venv/.text .venv/.imaging requirements/dev.txt
	$(INSTALL) --only-binary :all: -r requirements/dev.txt
	touch $@

# Trains the models that ship as ONNX. torch is not hashed: its CPU file has another hash on each index.
.venv/.training: .venv/.dev requirements/training.in
	$(BIN)/python -m pip install --quiet --no-compile -r requirements/training.in
	touch $@

.venv/.spark: .venv/.dev requirements/spark-build.txt requirements/spark.txt
	$(INSTALL) --only-binary :all: -r requirements/spark-build.txt
	$(INSTALL) --only-binary :all: --no-binary pyspark --no-build-isolation -r requirements/spark.txt
	touch $@

demo: .venv/.core
	$(BIN)/cognoscope demo

serve: .venv/.core
	$(BIN)/cognoscope serve

test: .venv/.dev
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup

# The property tests with other examples each time, where `make test` repeats its own.
fuzz: .venv/.dev
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup -m hypothesis --hypothesis-profile fuzz

check: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_import_direction.py tests/test_docs.py tests/test_every_application.py

bench: .venv/.dev
	$(BIN)/python -m benchmarks

lock:
	uv pip compile --quiet --python-version 3.11 --only-binary :all: --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links requirements/core.in --output-file requirements/core.txt
	uv pip compile --quiet --python-version 3.11 --only-binary :all: --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links requirements/core.in requirements/text.in --output-file requirements/text.txt
	uv pip compile --quiet --python-version 3.11 --only-binary :all: --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links requirements/core.in requirements/imaging.in --output-file requirements/imaging.txt
	uv pip compile --quiet --python-version 3.11 --only-binary :all: --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links requirements/core.in requirements/text.in requirements/imaging.in requirements/dev.in --output-file requirements/dev.txt
	uv pip compile --quiet --python-version 3.11 --only-binary :all: --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links requirements/spark-build.in --output-file requirements/spark-build.txt
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links requirements/spark.in --output-file requirements/spark.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache artefacts
