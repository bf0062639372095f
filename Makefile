# The few commands. Continuous integration calls only these.
.DEFAULT_GOAL := help
.PHONY: help setup course book bundle pdf links lab test check fmt clean
SHELL := bash
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PAGES := _build/html/.ready
export PYTHONDONTWRITEBYTECODE :=
BOOK := $(BIN)/jupyter-book build book --config _config.yml --path-output . -W -n --keep-going
BOOK_SOURCES = _config.yml $(shell find book rnncore solutions autograder results benchmarks/results -type f -not -path '*/__pycache__/*' -not -path 'book/_static/vendor/*')

help: ## list these commands
	@grep -hE '^[a-z]+:.*##' Makefile | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(READY) ## make .venv with everything in it, and look for the system tools
$(READY): requirements.txt pyproject.toml setup.py tools/system.sh
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@bash tools/system.sh
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "No venv module: install python3-venv"; exit 1; }
	@echo "Installing requirements.txt into .venv (several minutes the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

course: ## the whole course: book, notebooks, a sample class, graded; then where to look
	@$(PYTHON) tools/course.py

book: $(READY) $(PAGES) ## build the book into _build/html
$(PAGES): $(BOOK_SOURCES)
	@$(BIN)/python -m tools.vendor
	@$(BIN)/python -m rnncore --compile
	@$(BOOK)
	@touch $@

bundle: $(READY) $(PAGES) ## the pages as _build/rnn-course.zip, to read without a network
	@$(BIN)/python -c "import shutil; print(shutil.make_archive('_build/rnn-course', 'zip', '_build', 'html'))"

pdf: $(READY) ## the whole book as _build/rnn-course.pdf, printed by Chromium
	@$(BIN)/python -m tools.vendor
	@$(BIN)/python -m rnncore --compile
	@$(BIN)/python -m tools.pdf

links: $(READY) ## ask every other host that the book links to whether the page is still there
	@$(BIN)/jupyter-book build book --config _config.yml --path-output . --builder linkcheck

lab: $(READY) ## copy the students' notebooks to notebooks/, where yours stay as they are, and open JupyterLab there
	@$(BIN)/python -m autograder build
	@mkdir -p notebooks && cp -n course/release/*/*.ipynb notebooks/
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/jupyter lab --notebook-dir notebooks $(if $(filter 0,$(shell id -u)),--allow-root) $(LAB)

test: $(READY) ## run all tests, one thread to each of two processes
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal

check: $(READY) ## lint, format, types, prose, architecture
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/basedpyright --level error
	@$(BIN)/python -m tools.prose
	@$(BIN)/python -m pytest -q tests/test_architecture.py

fmt: $(READY) ## put the sources in shape
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

clean: ## remove what was built, but neither .venv nor course/ with its gradebook
	@rm -rf _build .pytest_cache .ruff_cache
