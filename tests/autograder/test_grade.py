"""The batch with real sandboxes: every kind of trouble gets a verdict, and a kill loses nothing that was reported."""

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import nbformat
import pytest
from nbformat import v4

from autograder.batch.grade import grade
from autograder.build import build
from autograder.checks.solutions import SOLUTIONS
from autograder.checks.verdict import Verdict
from autograder.course import Course
from autograder.gradebook.gradebook import patiently, scores
from autograder.quality.sample_class import make, verify
from autograder.reports.class_report import write_report
from autograder.reports.feedback import write_feedback
from autograder.sandbox import Limits
from autograder.sandbox.bubblewrap import available

pytestmark = [pytest.mark.sandbox, pytest.mark.skipif(available() is None, reason="bubblewrap is not installed")]

NAME = "ch01_rnn"
LIMITS = Limits(start=600, cell=300, call=300, test=600, total=3000)
BRIEF = dataclasses.replace(LIMITS, cell=3, call=1, test=3)
"""For what never ends; the rest may take long, on a busy machine."""
FOR_EVER = Limits(cell=1e5)
RIGHT = "def rnn_step(x, h, V, W, b):\n    return np.tanh(x @ V.T + h @ W.T + b), None"


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("released"))
    build(course)
    return course


@pytest.fixture
def course(tmp_path):
    course = Course(tmp_path / "course")
    build(course)
    return course


def hand_in(course, student, change=None, step="release"):
    """Hand in the released notebook with its rnn_step cell answered, after `change` has been at it."""
    notebook = nbformat.read(course.notebook(step, NAME), as_version=4)
    for cell in notebook.cells:
        if step == "release" and cell.id == "rnn_step":
            cell.source = RIGHT
    if change:
        change(notebook)
    path = course.notebook("submitted", NAME, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook))


def answer(text):
    def change(notebook):
        for cell in notebook.cells:
            if cell.id == "rnn_step":
                cell.source = text

    return change


def delete_test(notebook):
    notebook.cells = [cell for cell in notebook.cells if cell.id != "rnn_step-check"]


def duplicate_test(notebook):
    k = next(k for k, cell in enumerate(notebook.cells) if cell.id == "rnn_step-check")
    copy = v4.new_code_cell("pass", metadata=notebook.cells[k].metadata, id="again")
    notebook.cells.insert(k + 1, copy)


TROUBLE = {
    "killed": (answer(f"{RIGHT}\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)"), 0, "died"),
    "endless": (answer("def rnn_step(x, h, V, W, b):\n    while True:\n        pass"), 0, ""),
    "endless-cell": (answer("while True:\n    pass"), 0, "not defined"),
    "ten-gigabytes": (answer(f"{RIGHT}\nblock = np.ones(10 * 2**30 // 8)"), 4, ""),
    "flood": (answer(f"{RIGHT}\nprint('x' * 100_000_000)"), None, ""),
    "test-missing": (delete_test, 4, "right"),
    "test-twice": (duplicate_test, 4, "right"),
}


ENDLESS = {"endless", "endless-cell"}


@pytest.mark.slow
def test_trouble_gets_a_verdict_with_a_message_and_the_gradebook_stays_whole(course):
    for student in TROUBLE.keys() - ENDLESS:
        hand_in(course, student, TROUBLE[student][0])
    for student, text in [("malformed", '{"cells": ['), ("empty", "")]:
        path = course.notebook("submitted", NAME, student)
        path.parent.mkdir(parents=True)
        path.write_text(text)
    path = course.notebook("submitted", NAME, "no-file").parent
    path.mkdir(parents=True)
    hand_in(course, "honest")

    report = grade(course, limits=LIMITS, progress=False)
    assert report.failed == [] and report.graded == len(TROUBLE) - len(ENDLESS) + 4
    for student in ENDLESS:
        hand_in(course, student, TROUBLE[student][0])
        assert grade(course, student=student, limits=BRIEF, progress=False, jobs=1).graded == 1
    got = {student: score for (student, _), (score, points) in scores(course).items() if points == 20}
    assert set(got) == {*TROUBLE, "malformed", "empty", "no-file", "honest"}
    assert got["honest"] == 4 and got["malformed"] == got["empty"] == got["no-file"] == 0
    for student, (_, score, words) in TROUBLE.items():
        notebook = nbformat.read(course.notebook("autograded", NAME, student), as_version=4)
        record = notebook.metadata["rnn_course"]
        first = Verdict.of_data(record["verdicts"][0])
        assert first.grade_id == "rnn_step-check" and first.message and words in first.message, student
        assert score is None or got[student] == score, (student, first.message)
    for student in ("malformed", "empty", "no-file"):
        notebook = nbformat.read(course.notebook("autograded", NAME, student), as_version=4)
        assert "could not be read" in notebook.metadata["rnn_course"]["remarks"][0]
    pages = write_feedback(course)
    assert len(pages) == len(got)
    assert "endless" in write_report(course).read_text()


@pytest.mark.slow
def test_the_sample_class_gets_what_it_deserves_and_nothing_is_graded_twice(course):
    part = ["ch02_bptt", "ch07_language"]  # `make course` grades the whole class, test_attacks.py the hostile ones
    deserved = make(course, part)
    first = grade(course, limits=LIMITS, progress=False)
    assert (first.graded, first.skipped, first.failed) == (len(deserved), 0, [])
    assert verify(course) == []
    make(course, part)  # handing the same in again is no change
    again = grade(course, limits=LIMITS, progress=False)
    assert (again.graded, again.skipped) == (0, len(deserved))
    (audit,) = [path for path in (course.root / "audit").glob("*.jsonl")]
    entries = [json.loads(line) for line in audit.read_text().splitlines()]
    assert len(entries) == len(deserved)
    assert all(len(entry["submission"]) == 64 and entry["limits"] and entry["cases"] for entry in entries)


def test_a_changed_submission_is_graded_again_and_only_that(course):
    hand_in(course, "ada")
    hand_in(course, "bo")
    grade(course, limits=LIMITS, progress=False)
    hand_in(course, "bo", answer("def rnn_step(x, h, V, W, b):\n    return h, None"))
    report = grade(course, limits=LIMITS, progress=False)
    assert (report.graded, report.skipped) == (1, 1)
    assert {key[0]: score for key, (score, _) in scores(course).items()} == {"ada": 4.0, "bo": 0.0}


def test_a_submission_taken_back_keeps_no_old_points(course):
    hand_in(course, "ada", step="source")
    grade(course, limits=LIMITS, progress=False)
    hand_in(course, "ada")
    grade(course, limits=LIMITS, progress=False)
    assert scores(course)[("ada", NAME)] == (4.0, 20.0)


def test_feedback_is_text_and_never_markup_and_shows_no_expected_value(course):
    evil = "<script>alert(1)</script>"
    hand_in(course, "eve", answer(f"print('{evil}')\nraise ValueError('{evil}')"))
    grade(course, limits=LIMITS, progress=False)
    text = write_feedback(course)[0].read_text()
    assert "<script" not in text and "&lt;script&gt;" in text
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text
    solution = (SOLUTIONS / f"{NAME}.py").read_text().split("### BEGIN SOLUTION\n")[1].splitlines()[0].strip()
    assert solution not in text


def seeds_of(course):
    lines = [line for path in sorted((course.root / "audit").glob("*.jsonl")) for line in path.read_text().splitlines()]
    return [(entry["student"], entry["seed"]) for entry in map(json.loads, lines)]


def test_a_table_of_hidden_numbers_meets_other_numbers(course):
    hand_in(course, "eve")
    grade(course, limits=LIMITS, progress=False)
    grade(course, limits=LIMITS, progress=False, again=True)
    hand_in(course, "eve", answer(RIGHT + "  # and a table"))
    grade(course, limits=LIMITS, progress=False)
    (_, first), (_, again), (_, changed) = seeds_of(course)
    assert first == again != changed


def test_what_cannot_be_read_or_named_costs_itself_alone(course, tmp_path):
    for student in ("ada", "bob", "eve", "hole"):
        hand_in(course, student, answer(RIGHT))
    theft = course.notebook("submitted", NAME, "eve")
    theft.unlink()
    theft.symlink_to(course.notebook("submitted", NAME, "ada"))
    with open(course.notebook("submitted", NAME, "hole"), "wb") as file:
        file.truncate(6 << 30)
    odd = os.fsdecode(os.fsencode(course.root / "submitted") + b"/M\xfcller")
    shutil.copytree(course.root / "submitted" / "bob", odd)
    batch = grade(course, limits=LIMITS, progress=False)
    assert batch.graded == 4 and [why for _, _, why in batch.failed] == ["its name is not UTF-8"]
    assert {who: score for (who, _), (score, _) in scores(course).items()} == {"ada": 4, "bob": 4, "eve": 0, "hole": 0}
    said = {who: remark(course, who) for who in ("eve", "hole")}
    assert "is a link" in said["eve"] and "bytes; at most" in said["hole"]


def remark(course, student):
    text = course.notebook("autograded", NAME, student).read_text()
    return json.loads(text)["metadata"]["rnn_course"]["remarks"][0]


def test_hidden_seeds_differ_between_students_and_come_back_for_one(course):
    from autograder.judge import derive_seed

    secret = course.secret()
    seeds = {derive_seed(secret, NAME, student) for student in ("ada", "bo", "ada")}
    assert len(seeds) == 2
    assert derive_seed(secret, NAME, "ada", b"one") == derive_seed(secret, NAME, "ada", b"one")
    assert derive_seed(secret, NAME, "ada", b"one") != derive_seed(
        secret, NAME, "ada", b"a table of the numbers of one"
    )
    assert course.secret() == secret and (course.root / "secret").stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_a_batch_killed_in_the_middle_loses_nothing_and_goes_on(course):
    sleeps = answer("import time; time.sleep(10**6)")
    for k in range(12):
        hand_in(course, f"student-{k:02d}", change=None if k < 8 else sleeps, step="source" if k < 8 else "release")
    command = [sys.executable, "-m", "autograder", "grade", "--course", str(course.root), "--jobs", "2"]
    batch = subprocess.Popen(
        [*command, "--cell-seconds", str(FOR_EVER.cell)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while batch.poll() is None and len(list(course.root.glob("autograded/*/*/*.ipynb"))) < 3:
        time.sleep(0.02)  # the last four never end: the batch cannot, before it is killed
    os.killpg(batch.pid, signal.SIGKILL)
    batch.wait()
    for k in range(8, 12):
        hand_in(course, f"student-{k:02d}", step="source")
    done = {path.parts[-3] for path in course.root.glob("autograded/*/*/*.ipynb")}
    assert 3 <= len(done) < 12
    kept = scores(course)
    assert all(kept[(student, NAME)] == (20.0, 20.0) for student in done)
    report = grade(course, limits=FOR_EVER, progress=False)  # other limits would be another grading
    assert (report.graded, report.skipped) == (12 - len(done), len(done))
    assert set(scores(course).values()) == {(20.0, 20.0)}


def test_a_busy_database_costs_a_wait_and_not_a_grade():
    from sqlalchemy.exc import OperationalError

    tries = []

    def busy_twice():
        tries.append(time.monotonic())
        if len(tries) < 3:
            raise OperationalError("locked", {}, Exception())
        return "written"

    assert patiently(busy_twice)() == "written" and len(tries) == 3
    with pytest.raises(OperationalError):
        patiently(lambda: (_ for _ in ()).throw(OperationalError("gone", {}, Exception())), tries=2)()
