"""The house rules: who may import whom, what a module promises, and that lists kept in two places are equal."""

import ast
import graphlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from autograder import architecture
from autograder.architecture import imports

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted([*ROOT.glob("rnncore/**/*.py"), *ROOT.glob("autograder/**/*.py")])
MODULES = [path for path in MODULES if not {"cases", "samples"} & set(path.relative_to(ROOT).parts)]

ROOMS = {
    "types": set(),
    "ops": {"types"},
    "cells": {"ops", "types"},
    "scan": {"ops", "types"},
    "engines": {"scan", "cells", "ops", "types"},
    "layers": {"ops", "types", "cells", "engines"},
    "models": {"layers", "ops", "types", "cells"},
    "train": {"ops", "types"},
    "data": {"ops", "types"},
    "tasks": {"data", "models", "layers", "train", "cells", "ops", "types"},
    "gradcheck": {"ops", "types"},
    "torch": {"layers", "cells", "ops", "types", "engines", "models"},
    "front": {"layers", "cells", "ops", "types", "torch"},
    "conform": {"scan", "cells", "layers", "engines", "torch", "ops", "types", "front"},
    "diagnose": {"scan", "cells", "ops", "types", "engines"},
}
"""What each room of rnncore may import, besides itself."""


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [p for p in MODULES if p.parts[len(ROOT.parts)] == "rnncore"], ids=name)
def test_rooms_of_rnncore_import_only_what_they_may(path):
    room = path.relative_to(ROOT / "rnncore").parts[0].removesuffix(".py")
    if room in {"__init__", "__main__"}:
        return
    assert room in ROOMS, f"{room} is a new room: say in ROOMS what it may import"
    reached = {full.split(".")[1] for full in imports(path) if full.startswith("rnncore.")}
    assert reached <= ROOMS[room] | {room}, f"{name(path)} may not import {sorted(reached - ROOMS[room] - {room})}"


@pytest.mark.parametrize("path", [p for p in MODULES if p.parts[len(ROOT.parts)] == "rnncore"], ids=name)
def test_rnncore_knows_nothing_of_the_grader_or_the_book(path):
    assert not {full.split(".")[0] for full in imports(path)} & {"autograder", "book", "solutions", "tests"}


@pytest.mark.parametrize("path", [p for p in MODULES if p.parts[len(ROOT.parts)] == "autograder"], ids=name)
def test_rooms_of_autograder_import_only_what_they_may(path):
    room = path.relative_to(ROOT / "autograder").parts[0].removesuffix(".py")
    if room in {"__init__", "__main__", "mutants"}:
        return
    assert room in architecture.ROOMS, f"{room} is a new room: say in autograder/architecture.py what it may import"
    reached = {full.split(".")[1] for full in imports(path) if full.startswith("autograder.")}
    assert reached <= architecture.ROOMS[room] | {room}, (
        f"{name(path)} may not import {sorted(reached - architecture.ROOMS[room] - {room})}"
    )


def test_no_rooms_of_autograder_need_each_other():
    order = list(graphlib.TopologicalSorter(architecture.ROOMS).static_order())  # raises CycleError, naming the circle
    assert set(order) == set(architecture.ROOMS)


@pytest.mark.parametrize("path", sorted((ROOT / "autograder/inside").glob("**/*.py")), ids=name)
def test_what_runs_inside_needs_only_what_is_there(path):
    allowed = sys.stdlib_module_names | {"numpy", "IPython", "traitlets", "torch", "inside"}
    outside = {full.split(".")[0] for full in imports(path)} - allowed
    assert all(full.startswith("autograder.inside") for full in imports(path) if full.split(".")[0] == "autograder")
    assert outside <= {"autograder"}, f"{name(path)} imports {sorted(outside)}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_module_reaches_into_anothers_private_names(path):
    for full in imports(path):
        if full.split(".")[0] in {"rnncore", "autograder"}:
            assert not re.search(r"\._(?!_)", full), f"{name(path)} imports {full}"


@pytest.mark.parametrize("path", [p for p in MODULES if p.name != "__main__.py"], ids=name)
def test_all_is_complete_and_true(path):  # that it is sorted, ruff sees to
    tree = ast.parse(path.read_text())
    assigned = {
        node.targets[0].id: node
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    defined = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        if not node.name.startswith("_")
    }
    if "__all__" not in assigned:
        assert not defined, f"{name(path)} has no __all__"
        return
    listed = ast.literal_eval(assigned["__all__"].value)
    assert len(set(listed)) == len(listed)
    assert defined <= set(listed), f"{name(path)}: public, but not in __all__: {sorted(defined - set(listed))}"
    bound = defined | set(assigned)
    bound |= {
        node.target.id for node in tree.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    bound |= {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert set(listed) <= bound, f"{name(path)}: __all__ names what is not there: {sorted(set(listed) - bound)}"


def test_importing_rnncore_imports_nothing_heavy():
    heavy = {"torch", "numba", "matplotlib", "altair", "autograder", "book"}
    code = f"""
import sys
from rnncore import cells, data, engines, layers, models, train
print(*sorted({heavy} & set(sys.modules)))
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""


def test_requirements_and_pyproject_name_the_same_packages():
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = whole["project"]
    declared = {*project["dependencies"], *(r for group in project["optional-dependencies"].values() for r in group)}
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    assert {line for line in lines if line and not line.startswith("#")} == declared
    assert set(whole["build-system"]["requires"]) <= declared  # a test builds the wheel without a network


def test_every_dependency_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text()
    section = text[text.index("dependencies = [") : text.index("[tool.setuptools")]
    for line in section.splitlines():
        if line.strip().startswith('"'):
            assert re.search(r"# .{10,}", line), f"no reason given: {line.strip()}"


def test_no_file_is_too_long_to_read():
    for path in MODULES:
        assert len(path.read_text().splitlines()) <= 350, name(path)
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or node.lineno) - node.lineno <= 60, f"{name(path)}: {node.name}"


NO_VERBS = {
    *("A", "An", "The", "All", "Every", "Each", "One", "None", "No", "Only", "Names", "Several", "Which", "What"),
    *("As", "Is", "Are", "Does", "Did", "Has", "Can", "From", "With", "Where", "When", "How", "Why"),
}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_docstrings_of_functions_begin_with_a_verb(path):  # whatever ruff's D401 knows to be none, too
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef) and (text := ast.get_docstring(node)):
            first = text.split()[0]
            assert re.fullmatch("[A-Z][a-z]+[,;.]?", first) and first not in NO_VERBS, (
                f"{name(path)}: {node.name}: {text[:40]}"
            )


def test_ruff_finds_no_docstring_that_begins_otherwise():
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "D401"]
    done = subprocess.run([*command, *map(name, MODULES)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_no_notebook_is_tracked():
    files = subprocess.run(["git", "ls-files", "*.ipynb"], cwd=ROOT, capture_output=True, text=True)
    assert files.stdout == ""
