"""What a verdict depends on, tried on a copy of the sources: each edit changes the versions it should, and no other."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import rooms

ROOT = Path(__file__).resolve().parents[2]
EDITS = [  # file, text, in its place, the assignments that change
    ("rnncore/tasks/music.py", '"""', '"""Changed. ', set()),
    ("rnncore/ops.py", "def sigmoid(", "# a comment\ndef sigmoid(", set()),
    ("autograder/checks/compare.py", "RTOL = 1e-7", "# a comment\nRTOL = 1e-7", set()),
    ("autograder/checks/compare.py", '"""One value', '"""Each value', set()),
    ("autograder/reports/charts.py", "import", "x = 1\nimport", set()),
    ("rnncore/tasks/music.py", "import", "x = 1\nimport", set()),
    ("autograder/checks/compare.py", "RTOL = 1e-7", "RTOL = 1e-8", {"ch01_rnn", "ch04_lstm", "ch11_torch"}),
    ("autograder/inside/values.py", "[:1000]", "[:999]", {"ch01_rnn", "ch04_lstm", "ch11_torch"}),
    ("autograder/cases/rnn_step/cases.py", "PAGE = ", "PAGE = 'x' + ", {"ch01_rnn", "ch11_torch"}),  # it draws there
    ("autograder/cases/rnn_step/right_loops.py", '"""', '"""Changed. ', {"ch01_rnn"}),
    ("autograder/cases/rnn_step/new.toml", "", "a = 1", {"ch01_rnn"}),
    ("solutions/ch04_lstm.py", "### BEGIN SOLUTION", "### BEGIN SOLUTION\n    x = 1", {"ch04_lstm"}),
]  # fmt: skip
SCRIPT = """
import json, sys
from pathlib import Path
from autograder import rooms
from autograder.batch.version import version
from autograder.build import source_notebook
import nbformat

assert rooms.PACKAGE == Path("autograder").resolve(), rooms.PACKAGE
def versions():
    for function in (version, rooms.meaning, rooms.imports):
        function.cache_clear()
    return {name: version(name, SOURCES[name]) for name in SOURCES}
SOURCES = {name: nbformat.writes(source_notebook(Path(f"solutions/{name}.py")))
           for name in ("ch01_rnn", "ch04_lstm", "ch11_torch")}
before, found = versions(), []
for name, old, new, _ in json.loads(sys.argv[1]):
    path = Path(name)
    text = path.read_text() if path.exists() else None
    assert text is None or text.count(old), (name, old)
    path.write_text((text or "").replace(old, new, 1))
    after = versions()
    found.append([key for key in before if after[key] != before[key]])
    path.unlink() if text is None else path.write_text(text)
assert versions() == before
print(json.dumps(found))
"""


def test_an_edit_changes_the_version_of_what_it_means_something_to(tmp_path):
    for name in ("autograder", "rnncore", "solutions"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    right = sorted(path.name for path in (ROOT / "autograder/cases/rnn_step").glob("right_*.py"))[0]
    edits = [(name.replace("right_loops.py", right), *more, sorted(changed)) for name, *more, changed in EDITS]
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(edits)],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    for edit, changed in zip(edits, json.loads(result.stdout)):
        assert sorted(changed) == edit[3], edit


def test_the_judge_needs_what_runs_inside_and_no_page():
    names = {path.relative_to(rooms.PACKAGE).parts[0] for path in rooms.sources("judge")}
    assert {"inside", "sandbox", "checks", "judge", "notebook.py"} <= names
    assert not names & {"reports", "lms", "batch", "gradebook", "quality"}


@pytest.mark.parametrize("room", rooms.ROOMS)
def test_every_room_is_there(room):
    assert (rooms.PACKAGE / room).is_dir() != (rooms.PACKAGE / f"{room}.py").is_file()
