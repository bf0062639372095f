"""Marks for other systems: plain CSV, and a system's own gradebook file with its column filled in."""

from pathlib import Path

import pytest

from autograder.course import Course
from autograder.gradebook.handed_in import HandedIn
from autograder.gradebook.ledger import Standing
from autograder.gradebook.records import Mark
from autograder.lms.export import export_csv, fill_template

NAME = "ch01_rnn"


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path / "course")


def standing(student, earned, **more):
    when = HandedIn(None, "nothing")
    return (student, NAME), Standing(student, NAME, earned, 20.0, when, None, **more)


@pytest.fixture
def graded(course, monkeypatch):
    found = dict([standing("doejane-4711", 17.5), standing("=cmd-4712", 3.0, penalty=0.5)])
    monkeypatch.setattr("autograder.lms.export.ledger", lambda course: found)
    return course


def test_csv_is_quoted_and_no_cell_is_a_formula(graded):
    lines = export_csv(graded).splitlines()
    assert lines == [
        "student,assignment,score,late_penalty,total,points,remarks",
        "'=cmd-4712,ch01_rnn,3,0.5,2.5,20,",
        "doejane-4711,ch01_rnn,17.5,0,17.5,20,",
    ]


def test_a_template_of_canvas_or_moodle_is_filled_and_otherwise_unchanged(graded, tmp_path):
    canvas = tmp_path / "canvas.csv"
    canvas.write_text(
        'Student,ID,SIS Login ID,ch01_rnn (881),ch02 (882)\n"Doe, Jane",4711,jd,,7\n"Roe, Rik",4999,rr,,8\n'
    )
    got = fill_template(graded, canvas, "ch01_rnn")
    lines = got.text.splitlines()
    assert lines[1] == '"Doe, Jane",4711,jd,17.5,7' and lines[2] == '"Roe, Rik",4999,rr,,8'
    assert got.missing == ["=cmd-4712"] and got.changes == [("doejane-4711", "", "17.5")]
    moodle = tmp_path / "moodle.csv"
    moodle.write_text("Identifier,Full name,Grade,Feedback\nParticipant 4711,Jane Doe,,\n")
    assert fill_template(graded, moodle, "ch01_rnn").text.splitlines()[1] == "Participant 4711,Jane Doe,17.5,"
    with pytest.raises(ValueError, match="column: got 'Points'"):
        fill_template(graded, moodle, "ch01_rnn", "Points")
    moodle.write_text("Name,Grade\n")
    with pytest.raises(ValueError, match="expected ID"):
        fill_template(graded, Path(moodle), "ch01_rnn")


MAXIMA = {
    "canvas": "Student,ID,ch01_rnn (881)\n    Points Possible,,100\nDoe,4711,\n",
    "moodle": "Identifier,Grade,Maximum Grade\nParticipant 4711,,100.00\n",
}


@pytest.mark.parametrize("name", MAXIMA)
def test_another_maximum_is_refused_or_scaled_to(graded, tmp_path, name):
    file = tmp_path / "g.csv"
    file.write_text(MAXIMA[name])
    with pytest.raises(ValueError, match="template: got a maximum of 100, and ch01_rnn has 20; --scale adapts"):
        fill_template(graded, file, NAME)
    assert fill_template(graded, file, NAME, scale=True).changes == [("doejane-4711", "", "87.5")]


def test_excused_cells_and_answers_that_wait_for_a_person_stay_as_they_are(course, tmp_path, monkeypatch):
    waits = {"why": Mark(0.0, 2.0, False, True, "")}
    found = dict([standing("a-1", 17.0), standing("b-2", 5.0, cells=waits), standing("c-3", 9.0, excused=True)])
    monkeypatch.setattr("autograder.lms.export.ledger", lambda course: dict(found))
    (tmp_path / "g.csv").write_text("Student,ID,ch01_rnn (8)\nA,1,EX\nB,2,\nC,3,\n")
    got = fill_template(course, tmp_path / "g.csv", NAME)
    assert got.text.splitlines()[1:] == ["A,1,EX", "B,2,", "C,3,"]
    assert (got.kept, got.waiting, got.missing) == ([("a-1", "EX"), ("c-3", "excused")], ["b-2"], [])
    assert fill_template(course, tmp_path / "g.csv", NAME, waiting=True).changes == [("b-2", "", "5")]
    assert "2 points wait for a person" in export_csv(course)


def test_a_gradebook_file_without_a_column_for_the_marks_says_which_there_are(graded, tmp_path):
    (tmp_path / "g.csv").write_text("Student,ID,ch02 (882)\n")
    with pytest.raises(ValueError, match=r"column: got none of the marks of ch01_rnn; name one of \['Student'"):
        fill_template(graded, tmp_path / "g.csv", "ch01_rnn")
