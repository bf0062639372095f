"""CONTRIBUTING's recipe "Add an LMS", followed to the word in a copy of the repository."""

import csv
import io
import re
import zipfile

import pytest

FILLED = """
from autograder.course import Course
from autograder.gradebook.gradebook import record, register

course = Course("course")
register(course, "ch01_rnn")
print(record(course, "ch01_rnn", "janedoe-a17", course.source("ch01_rnn")))
"""


@pytest.mark.slow
def test_another_system_is_one_file_and_its_place_in_the_list(recipe, scratch, tmp_path):
    folder, run = scratch
    system, lines = recipe("Add an LMS")
    (folder / "autograder/lms/tray.py").write_text(system)
    listed = folder / "autograder/lms/__init__.py"
    text, new = listed.read_text(), [line for line in lines.splitlines() if line]
    for line, begin in zip(new, ["from autograder.lms import ", "SYSTEMS: "], strict=True):
        assert line.startswith(begin)
        text, changed = re.subn(rf"^{re.escape(begin)}.*$", line, text, flags=re.MULTILINE)
        assert changed == 1
    listed.write_text(text)

    run("-m", "ruff", "check", "autograder/lms")
    run("-m", "ruff", "format", "--check", "autograder/lms")
    tests = ["tests/test_architecture.py", "tests/autograder/test_collect.py"]
    chosen = ["-k", "tray or each_other or two_systems"]
    assert "tray.py" in run("-m", "pytest", "-v", "-p", "no:cacheprovider", *tests, *chosen)
    assert "Canvas, Moodle or Tray" in " ".join(run("-m", "autograder", "collect", "--help").split())

    with zipfile.ZipFile(tmp_path / "tray.zip", "w") as made:
        made.writestr("a17 (Jane Doe)/attempt 2/work.ipynb", b"second")
        made.writestr("a17 (Jane Doe)/attempt 10/work.ipynb", b"tenth")
        made.writestr("doejane_4711_1001_work.ipynb", b"of Canvas")
    run("-m", "autograder", "build")
    said = run("-m", "autograder", "collect", tmp_path / "tray.zip", "--assignment", "ch01_rnn")
    assert said.startswith("2 taken (0 marked late), 1 older versions passed over\n")
    got = {p.parent.parent.name: p.read_bytes() for p in folder.glob("course/submitted/*/ch01_rnn/ch01_rnn.ipynb")}
    assert got == {"janedoe-a17": b"tenth", "doejane-4711": b"of Canvas"}

    points = float(run("-c", FILLED))
    (tmp_path / "tray.csv").write_text("Login,Mark of ch01_rnn,Mark of ch02_bptt\na17 ,,7\nb18,,8\n")
    filled = run("-m", "autograder", "export", "--fill", tmp_path / "tray.csv", "--assignment", "ch01_rnn")
    rows = list(csv.reader(io.StringIO(filled)))
    assert points > 0 and rows[1:] == [["a17 ", f"{points:g}", "7"], ["b18", "", "8"]]
