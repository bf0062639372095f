"""What `pip install` gives: outside the repository the wheel alone checks, names a mistake, builds and grades, and its
answers stay out of a student's sight.
"""

import ast
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import nbformat
import numpy
import pytest

import rnncore
from autograder.build import release_notebook, source_notebook
from autograder.checks.known_answers import answers, exercises
from autograder.checks.solutions import SOLUTIONS, assignments
from autograder.sandbox.bubblewrap import available

ROOT = Path(__file__).resolve().parents[1]
NAME = "ch01_rnn"
RIGHT = "def rnn_step(x, h, V, W, b):\n    return np.tanh(x @ V.T + h @ W.T + b), None"
WRONG = "def rnn_step(x, h, V, W, b):\n    return np.tanh(x @ V.T + h @ W + b), None"
SPY = """
import importlib, os, sys
found = []
for top in {sys.prefix, sys.base_prefix, "/opt"}:
    for folder, _, files in os.walk(top):
        if "answers.txt" in files: found.append("the spy can see")
        if {"ch01_rnn.py", "cases.py", "mistakes.toml", "scan.py"} & set(files): found.append(folder)
        if "rnn_course" in folder: found += files
for name in ("rnncore", "autograder.cases", "autograder.checks", "autograder.solutions.ch01_rnn"):
    try: importlib.import_module(name); found.append(name)
    except ImportError: pass
print("FOUND", found)
"""

pytestmark = pytest.mark.slow


def requirements(*names: str) -> set[str]:
    """Return these distributions and all that they need in turn."""
    found, todo = set(), [*names]
    while todo:
        name = todo.pop()
        try:
            needed = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:  # for another platform
            continue
        if name not in found:
            found.add(name)
            todo += [re.split(r"[^\w.-]", line)[0] for line in needed if "extra ==" not in line]
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build it from a copy: a build in place would leave files, and take along what an earlier one left."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in ("rnncore", "autograder", "solutions"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "LICENSE-text"):
        shutil.copy(ROOT / name, folder)
    pip("wheel", "--no-deps", "--no-build-isolation", "-w", str(folder / "dist"), str(folder))
    (built,) = (folder / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """Make an environment with the wheel. It borrows the packages of this one, but a sandbox shows an environment's own
    folder only: what a notebook needs is copied. The repository, and the installation that points to it, are not on
    its path.
    """
    folder = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(folder, with_pip=False)
    pip("--python", str(folder / "bin" / "python"), "install", "--no-deps", "--no-index", "--no-compile", str(wheel))
    site = next(folder.glob("lib/python*/site-packages"))
    ours = Path(numpy.__file__).parents[1]
    (site / "borrowed.pth").write_text(str(ours) + "\n")
    (site / "answers.txt").touch()
    for name in requirements("numpy", "ipython"):
        for file in importlib.metadata.files(name) or []:
            if ".." not in file.parts and "tests" not in file.parts and file.suffix != ".pyc":
                (site / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file.locate(), site / file)
    return folder


def pip(*arguments):
    run = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    done = subprocess.run(run, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def run(environment, program, *arguments):
    """Run a program of the environment outside the repository. nbgrader's own commands are borrowed, too."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    variables["PATH"] += os.pathsep + str(Path(sys.executable).parent)
    return subprocess.run(
        [str(environment / "bin" / program), *map(str, arguments)],
        cwd=environment.parent,
        env=variables,
        capture_output=True,
        text=True,
    )


def test_what_is_in_the_wheel_and_what_is_not(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "rnncore/py.typed",
        "autograder/py.typed",
        "rnncore/data/registry.json",
        "autograder/reports/templates/report.html",
        "autograder/inside/stub/autograder.py",
    } <= names
    assert {name for name in names if "/solutions/" in name} == {f"autograder/solutions/{a}.py" for a in assignments()}
    assert not [name for name in names if "samples" in name or "__pycache__" in name]
    assert {name.split("/")[0] for name in names} == {
        "rnncore",
        "autograder",
        f"rnn_course-{rnncore.__version__}.dist-info",
    }


def test_the_version_is_the_same_wherever_it_is_said(environment):
    cited = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(), re.M)
    said = run(environment, "rnn-course", "--version")
    assert said.stdout == f"rnn-course {rnncore.__version__}\n"
    assert cited and cited[1] == rnncore.__version__


def test_the_command_teaches_under_its_own_name(environment):
    said = run(environment, "rnn-course", "--help")
    assert said.returncode == 0 and said.stdout.startswith("Usage: rnn-course [OPTIONS] COMMAND")


def test_a_right_answer_passes_and_a_wrong_one_is_called_by_its_name(environment):
    program = f"""
import json
import numpy as np
import autograder, rnncore
from autograder.checks.known_answers import answers, exercises
from autograder.checks.run import run_check
{RIGHT}
right = run_check("rnn_step", (rnn_step,))
{WRONG}
wrong = run_check("rnn_step", (rnn_step,))
print(json.dumps([autograder.__file__, rnncore.__file__, right.passed, wrong.passed, wrong.diagnosis,
    {{name: [len(answers(name, kind)) for kind in ("wrong", "right")] for name in exercises()}}]))
"""
    done = run(environment, "python", "-c", program)
    assert done.returncode == 0, done.stderr
    *files, right, wrong, diagnosis, known = json.loads(done.stdout)
    assert all(Path(file).is_relative_to(environment) for file in files)
    assert (right, wrong, diagnosis) == (True, False, "wrong_w_not_transposed")
    assert known == {name: [len(answers(name, kind)) for kind in ("wrong", "right")] for name in exercises()}


@pytest.fixture(scope="module")
def course(environment):
    folder = environment.parent / "course"
    built = run(environment, "rnn-course", "build", "--course", folder)
    assert built.stdout.count("released ") == len(assignments()), built.stderr
    return folder


def test_the_sample_class_says_that_it_is_elsewhere(environment, course):
    done = run(environment, "rnn-course", "sample-class", "--course", course)
    assert done.returncode == 2 and "repository only" in done.stderr


@pytest.mark.sandbox
@pytest.mark.skipif(available() is None, reason="bubblewrap is not installed")
def test_it_builds_checks_and_grades_and_a_notebook_sees_no_answer(environment, course):
    release = course / "release" / NAME / f"{NAME}.ipynb"
    notebook = release_notebook(source_notebook(SOLUTIONS / f"{NAME}.py"))
    assert release.read_text() == nbformat.writes(notebook) + "\n"
    checked = run(environment, "rnn-course", "check", release)
    assert checked.returncode == 1 and checked.stdout.count("not written yet") == len(assignments()[NAME])

    for cell in notebook.cells:
        if cell.id == "rnn_step":
            cell.source = f"{RIGHT}\n{SPY}"  # before the first test: what is printed later is told to nobody
    submitted = course / "submitted" / "ada" / NAME / f"{NAME}.ipynb"
    submitted.parent.mkdir(parents=True)
    submitted.write_text(nbformat.writes(notebook))
    graded = run(environment, "rnn-course", "grade", "--course", course, "--jobs", "1")
    assert graded.returncode == 0 and "graded 1" in graded.stdout, graded.stderr
    work = nbformat.read(course / "autograded" / "ada" / NAME / f"{NAME}.ipynb", as_version=4)
    outputs = [output.get("text", "") for cell in work.cells for output in cell.get("outputs", [])]
    (spied,) = [text for text in outputs if text.startswith("FOUND ")]
    assert ast.literal_eval(spied.removeprefix("FOUND ")) == ["the spy can see"]
    exported = run(environment, "rnn-course", "export", "--course", course)
    assert any("ada" in line and re.search(r"\b4(\.0)?\b", line) for line in exported.stdout.splitlines())
