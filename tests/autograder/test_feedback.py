"""The page a student gets: what was earned, case by case, what a person added, what lateness took. And no markup."""

import datetime
import re
from dataclasses import asdict, replace

import nbformat
import pytest
from nbformat import v4

from autograder.build import build
from autograder.checks.verdict import Difference, FailedCase, Note, Verdict
from autograder.course import Course
from autograder.gradebook.gradebook import open_gradebook, record, register
from autograder.gradebook.ledger import ledger
from autograder.gradebook.records import marks
from autograder.reports.class_report import write_report
from autograder.reports.feedback import write_feedback

NAME = "ch01_rnn"
EVIL = "<script>alert(1)</script>"
ESSAY = {
    "schema_version": 3,
    "grade_id": "essay",
    "task": False,
    "grade": True,
    "solution": True,
    "locked": False,
    "points": 5,
}


@pytest.fixture
def course(tmp_path):
    """Build a course with an essay of 5 points at its end, which a person marks; due at noon."""
    course = Course(tmp_path / "course")
    build(course)
    path = course.notebook("source", NAME)
    source = nbformat.read(path, as_version=4)
    source.cells.append(v4.new_markdown_cell("Why does it forget?", id="essay", metadata={"nbgrader": dict(ESSAY)}))
    path.write_text(nbformat.writes(source))
    (course.root / "own_config.py").write_text("c.LatePolicy.per_day = 0.1\n")
    register(course, NAME)
    with open_gradebook(course) as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate=datetime.datetime(2026, 3, 1, 12))
    return course


def grade_by_pen(course, student, changes=None, essay="It squashes.", when="2026-03-01 11:00:00 UTC"):
    """Do what the batch does after judging, with verdicts written here. changes: exercise -> fields of its verdict."""
    stamp = course.notebook("submitted", NAME, student).with_name("timestamp.txt")
    stamp.parent.mkdir(parents=True)
    stamp.write_text(when)
    notebook, verdicts = course.source(NAME), []
    for cell in notebook.cells:
        mark = cell.metadata.get("nbgrader", {})
        if mark.get("solution"):
            cell.source = essay if cell.id == "essay" else f"# {student} wrote {cell.id}"
        if mark.get("grade") and not mark.get("solution"):
            exercise = cell.id.removesuffix("-check")
            right = Verdict(exercise, of=mark["points"], share=1.0, cases=9, grade_id=cell.id)
            verdict = replace(right, **(changes or {}).get(exercise, {}))
            verdict = replace(verdict, score=verdict.of * verdict.share)
            verdicts.append(asdict(verdict))
            cell.outputs = [v4.new_output("execute_result", {"text/plain": str(verdict.score)}, execution_count=1)]
    record(course, NAME, student, notebook)
    notebook.metadata["rnn_course"] = {
        "key": "",
        "score": 0.0,
        "verdicts": verdicts,
        "remarks": ["One remark."],
        "error": None,
        "seconds": 1.0,
        "peak": 1 << 20,
        "sandboxed": True,
    }
    path = course.notebook("autograded", NAME, student)
    path.parent.mkdir(parents=True)
    path.write_text(nbformat.writes(notebook))


def give(course, student, cell, score=None, comment=None):
    """Do what formgrader does when a person types a score or a comment."""
    with open_gradebook(course) as gradebook:
        if score is not None:
            grade = gradebook.find_grade(cell, NAME, NAME, student)
            grade.manual_score, grade.needs_manual_grade = score, False
        if comment is not None:
            gradebook.find_comment(cell, NAME, NAME, student).manual_comment = comment
        gradebook.db.commit()


def page(course, student):
    (path,) = write_feedback(course, student)
    text = path.read_text()
    words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", text, flags=re.DOTALL)
    return text, " ".join(words.split())


def test_points_and_cases_of_each_test(course):
    case = {"case": FailedCase(2, "float32"), "cases": 18, "failed_cases": 4, "places": (Difference("hs", "none"),)}
    grade_by_pen(
        course,
        "ada",
        {
            "rnn_forward": {**case, "share": 0.5},
            "embed_backward": {"share": 0.0, "told": "embed_backward: something else"},
            "delay_line": {"share": 0.0, "cases": 0, "seen": "The kernel died.", "reason": "dead"},
        },
    )
    _, words = page(course, "ada")
    assert "✓ rnn_step 4 of 4 9 of 9 cases right rnn_step: right" in words
    assert "◐ rnn_forward 2 of 4 14 of 18 cases right: 50 % of the points rnn_forward: not right yet" in words
    assert (
        "✗ embed_backward 0 of 3 embed_backward: something else" in words
    )  # the record does not tell how many: no number is made up
    assert "✗ delay_line 0 of 5 This could not be checked. The kernel died." in words
    assert "Feedback 10 of 25 points" in words and "One remark." in words
    assert "5 of the points are given by a person, who has not marked this yet" in words
    assert "essay not marked yet, 5 possible" in words and "late" not in words


def test_what_a_person_gave_and_wrote_is_shown_and_counts(course):
    grade_by_pen(course, "ada", {"embed_backward": {"share": 0.0}})
    give(course, "ada", "essay", 4.5, f"Well said.\n{EVIL}")
    give(course, "ada", "embed_backward-check", 2.0)
    give(course, "ada", "rnn_step", comment="Nicely short.")
    text, words = page(course, "ada")
    assert "essay 4.5 of 5 Well said." in words and "embed_backward 2 of 3, set by hand" in words
    assert "Feedback 23.5 of 25 points" in words and "not marked yet" not in words
    assert "Nicely short. # ada wrote rnn_step" in words and "It squashes." in words
    assert "<script" not in text and "&lt;script&gt;" in text


def test_lateness_is_taken_off_and_told(course):
    grade_by_pen(course, "bo", when="2026-03-02 13:00:00 UTC")  # the second day has begun
    give(course, "bo", "essay", 0.0)
    _, words = page(course, "bo")
    assert "Feedback 16 of 25 points 20 points earned, 4 taken because it was handed in late." in words
    page_of_class = " ".join(re.sub(r"<[^>]+>", " ", write_report(course).read_text()).split())
    assert "1 were late. It cost 4 points together." in page_of_class
    assert "bo 25.0 4 16" in page_of_class  # hours late, penalty, total


def test_marks_are_those_of_the_gradebook_for_every_student(course):
    for k in range(3):
        grade_by_pen(
            course, f"s{k}", {"embed_backward": {"share": float(k > 0)}}, when=f"2026-03-0{k + 1} 11:00:00 UTC"
        )
    give(course, "s2", "essay", 3.0)
    found, standings = marks(course), ledger(course)
    assert set(found) == {(f"s{k}", NAME) for k in range(3)}
    with open_gradebook(course) as gradebook:
        for (student, name), said in found.items():
            submission = gradebook.find_submission(name, student)
            assert sum(mark.score for mark in said.cells.values()) == submission.score
            assert sum(mark.points for mark in said.cells.values()) == submission.max_score == 25
            assert standings[student, name].seconds_late == submission.total_seconds_late
    assert [mark.waiting for mark in (found[f"s{k}", NAME].cells["essay"] for k in range(3))] == [True, True, False]


def test_no_gradebook_is_none_and_none_is_made(tmp_path):
    course = Course(tmp_path / "empty")
    course.root.mkdir()
    assert marks(course) == {} and list(course.root.iterdir()) == []


def test_everything_a_student_wrote_is_text(course):
    verdict = {"share": 0.0, "seen": EVIL, "notes": (Note("changed", (EVIL,)),), "diagnosis": EVIL, "reason": EVIL}
    grade_by_pen(course, "eve", {"embed_backward": verdict}, essay=EVIL)
    text, _ = page(course, "eve")
    assert "<script" not in text and text.count("&lt;script&gt;") == 3
    assert "default-src 'none'" in text
