"""The class report: its statistics against independent computations, its text safe, its numbers from the record."""

import json
import re
import shutil
import subprocess
import time
from dataclasses import asdict, replace
from html.parser import HTMLParser

import numpy as np
import pytest

from autograder.checks import diagnose
from autograder.checks.known_answers import answers
from autograder.checks.run import run_check
from autograder.checks.verdict import FailedCase, Verdict
from autograder.course import Course
from autograder.gradebook.records import graded_records, record_of, tries
from autograder.reports import class_report as report
from autograder.reports.charts import OUTCOMES, histogram, mistake_bars, outcome_bars
from autograder.reports.class_report import write_report
from autograder.reports.item_analysis import cronbach_alpha, discrimination

NAME = "ch01_rnn"
EXERCISES = {"rnn_step": 4, "rnn_forward": 4, "embed_backward": 3}
KNOWN = answers("rnn_step", "wrong")[0]


def verdict(exercise, passed=True, points=4.0, **more):
    base = Verdict(exercise, points if passed else 0.0, points, float(passed), cases=9, grade_id=f"{exercise}-check")
    return asdict(replace(base, **more))


def put(course, student, verdicts, **more):
    """Write a graded notebook as the batch does."""
    record = {
        "key": "",
        "score": sum(v["score"] for v in verdicts),
        "verdicts": verdicts,
        "remarks": [],
        "error": None,
        "seconds": 1.0,
        "peak": 64 << 20,
        "sandboxed": True,
        **more,
    }
    path = course.notebook("autograded", NAME, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [
        {
            "cell_type": "code",
            "id": "rnn_step",
            "source": "x = 1",
            "outputs": [],
            "execution_count": None,
            "metadata": {"nbgrader": {"grade_id": "rnn_step", "solution": True, "grade": False, "locked": False}},
        }
    ]
    path.write_text(
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {"rnn_course": record}, "cells": cells})
    )


def put_pattern(course, pattern):
    """Write one student for each row of 0 and 1."""
    for k, row in enumerate(pattern):
        put(course, f"s{k:03d}", [verdict(e, bool(x), p) for (e, p), x in zip(EXERCISES.items(), row)])


class Text(HTMLParser):
    """The rows of all tables, and everything else that a reader sees."""

    def __init__(self, page):
        super().__init__()
        self.rows, self.text, self._cell, self._quiet = [], [], None, 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self._quiet += tag in ("style", "svg")
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self._cell = []

    def handle_endtag(self, tag):
        self._quiet -= tag in ("style", "svg")
        if tag in ("td", "th"):
            assert self._cell is not None
            self.rows[-1].append(" ".join("".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data):
        if self._cell is not None:
            self._cell.append(data)
        if not self._quiet:
            self.text.append(data)

    def row(self, first):
        (found,) = [row for row in self.rows if row[0] == first and len(row) == 9]
        return found


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path / "course")


PATTERN = [(1, 1, 0), (1, 1, 0), (1, 0, 1), (0, 0, 1), (1, 1, 1), (0, 0, 1), (0, 1, 0), (1, 1, 0)]


def test_discrimination_is_the_correlation_with_the_rest_of_the_score():
    points = np.array(PATTERN, float) * [4, 4, 3]
    for k, found in enumerate(discrimination(points)):
        assert found
        rest = np.delete(points, k, axis=1).sum(axis=1)
        assert found.r == pytest.approx(np.corrcoef(points[:, k], rest)[0, 1], abs=1e-12)
        half = 1.959964 / np.sqrt(len(points) - 3)  # Fisher's interval, by hand
        assert found.low == pytest.approx(np.tanh(np.arctanh(found.r) - half), abs=1e-6)
        assert found.high == pytest.approx(np.tanh(np.arctanh(found.r) + half), abs=1e-6)
    last = discrimination(points)[2]
    assert last and last.r < 0


def test_for_right_and_wrong_it_is_the_point_biserial_correlation():
    points = np.array(PATTERN, float)
    right, rest = points[:, 0] == 1, points[:, 1:].sum(axis=1)
    p = right.mean()
    by_hand = (rest[right].mean() - rest[~right].mean()) / rest.std() * np.sqrt(p * (1 - p))
    first = discrimination(points)[0]
    assert first and first.r == pytest.approx(by_hand)


def test_alpha_by_hand():
    # five students, three items of variances 0.2, 0.3, 0.3; totals 3 2 1 0 3, of variance 1.7
    points = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0], [1, 1, 1]], float)
    assert cronbach_alpha(points) == pytest.approx(3 / 2 * (1 - 0.8 / 1.7))
    p = points.mean(axis=0)  # KR-20, with variances over n
    assert cronbach_alpha(points) == pytest.approx(1.5 * (1 - (p * (1 - p)).sum() / points.sum(axis=1).var()))


def test_alike_items_have_alpha_1_and_perfect_discrimination_without_a_warning():
    points = np.repeat(np.array([[0.0], [1], [1], [0], [1]]), 3, axis=1)
    assert cronbach_alpha(points) == pytest.approx(1)
    assert [found and found.r for found in discrimination(points)] == pytest.approx([1, 1, 1])


@pytest.mark.parametrize("points", [np.ones((9, 3)), np.ones((9, 1)), np.zeros((0, 3)), np.eye(3), np.zeros((0, 0))])
def test_what_is_undefined_is_none_and_no_warning(points):
    assert discrimination(points) == [None] * points.shape[1]
    assert cronbach_alpha(points) is None


def test_an_item_that_is_the_same_for_all_is_undefined_and_the_others_are_not():
    points = np.array([[1, 1, 0.1], [0, 0, 0.1], [1, 1, 0.1], [0, 1, 0.1]])
    assert [found is None for found in discrimination(points)] == [False, False, True]


def test_the_page_shows_these_numbers(course):
    put_pattern(course, PATTERN)
    text = Text(write_report(course).read_text())
    points = np.array(PATTERN, float) * [4, 4, 3]
    for k, exercise in enumerate(EXERCISES):
        row = text.row(exercise)
        assert row[2] == f"{round(100 * np.mean(PATTERN, axis=0)[k])} %"
        rest = points.sum(axis=1) - points[:, k]
        assert row[3].split()[0] == f"{np.corrcoef(points[:, k], rest)[0, 1]:.2f}"
        assert row[4] == str(sum(x[k] for x in PATTERN)) and row[6] == str(8 - sum(x[k] for x in PATTERN))
    seen = " ".join("".join(text.text).split())
    assert f"Cronbach's alpha: {cronbach_alpha(points):.2f}, over 8 students, which is too few" in seen
    assert "embed_backward has a negative discrimination" in seen and "rnn_step has a negative" not in seen
    assert f"Mean {points.sum(axis=1).mean():.2f}".rstrip("0") in seen


def test_every_way_to_end_is_counted_once(course):
    put(course, "right", [verdict("embed_backward")])
    put(course, "partly", [verdict("embed_backward", False, share=0.25, score=1.0)])
    put(course, "wrong", [verdict("embed_backward", False, share=0.0, diagnosis="raises")])
    put(course, "not-started", [verdict("embed_backward", False, diagnosis="not-implemented")])
    for reason in ("dead", "total", "memory", "output", "call", "undefined", "protocol"):
        put(course, reason, [verdict("embed_backward", False, reason=reason)])
    put(course, "our-fault", [verdict("embed_backward", False, reason="cell")])
    text = Text(write_report(course).read_text())
    assert text.row("embed_backward")[4:] == ["1", "1", "2", "7", "1"]
    assert text.row("embed_backward")[2] == f"{round(100 * 1.25 / 12)} %" and text.row("embed_backward")[3] == "–"
    seen = "".join(text.text)
    assert "1 × Python died" in seen and "1 times the test itself could not be finished" in seen


def test_mistakes_are_counted_and_link_to_what_the_students_read(course):
    other = answers("embed_backward", "wrong")[0]
    for k in range(5):
        first = verdict("rnn_step", k > 2, diagnosis=None if k > 2 else KNOWN.name)
        second = verdict("embed_backward", k > 0, diagnosis=None if k else other.name)
        third = verdict("rnn_forward", False, diagnosis="not-implemented")
        put(course, f"s{k}", [first, second, third])
    page = write_report(course).read_text()
    rows = [row for row in Text(page).rows if len(row) == 4 and row[0].isdigit()]
    assert [row[:2] for row in rows] == [["3", "rnn_step"], ["1", "embed_backward"]]
    assert rows[0][3] == KNOWN.summary and rows[1][3] == other.summary
    links, ids = re.findall(r'href="#([^"]+)"', page), re.findall(r'<tr id="([^"]+)"', page)
    assert len(links) == 2 and set(links) == set(ids)


def test_the_case_that_fails_first_is_data_and_told_from_it():
    wrong = run_check("rnn_step", (KNOWN.functions({"rnn_step": abs})["rnn_step"],))
    assert not wrong.passed and wrong.diagnosis == KNOWN.name and wrong.case
    assert f"Failed at: {wrong.case.name} (case {wrong.case.number}; " in wrong.message
    assert 1 <= wrong.failed_cases <= wrong.cases
    assert f"{wrong.failed_cases} of {wrong.cases} cases fail" in wrong.message


def test_the_case_that_most_failed_first_is_found_by_its_number(course):
    failed = [(FailedCase(2, f"{k} rows"), None) for k in (3, 3, 4)] + [(FailedCase(1, "one row"), None)] * 2
    failed += [(FailedCase(1, "one row"), "not-implemented")] * 9  # whoever wrote nothing fails at the first, of course
    for k, (case, diagnosis) in enumerate(failed):
        put(course, f"s{k:02d}", [verdict("rnn_step", False, case=case, failed_cases=2, diagnosis=diagnosis)])
    assert ["rnn_step", "–", "3 × case 2: 3 rows"] in Text(write_report(course).read_text()).rows


OLD = {
    "grade_id": "embed_backward-check",
    "exercise": "embed_backward",
    "points": 3.0,
    "passed": False,
    "score": 1.2,
    "share": 0.4,
    "message": "embed_backward: not right yet.",
    "diagnosis": None,
    "warnings": ["Look out."],
    "cases": 9,
    "reason": None,
}


def test_a_record_from_before_verdicts_were_data_keeps_its_words(course):
    old = Verdict.of_data(OLD)
    assert (old.score, old.of, old.share, old.passed, old.cases) == (1.2, 3.0, 0.4, False, 9)
    assert old.message == "embed_backward: not right yet." and old.notes[0].names == ("Look out.",)
    assert [Verdict.of_data({**OLD, "passed": right, "share": None}).share for right in (True, False)] == [1.0, 0.0]
    put(course, "ada", [OLD])
    put(course, "bo", [verdict("embed_backward")])
    assert Text(write_report(course).read_text()).row("embed_backward")[4:6] == ["1", "1"]


@pytest.mark.parametrize(
    "broken",
    [
        {},
        None,
        "?",
        {"exercise": "embed_backward"},
        {"exercise": "embed_backward", "score": "many"},
        {"exercise": "embed_backward", "score": 0.0, "case": 3},
        {"exercise": "embed_backward", "score": 0.0, "places": [{"output": "y"}]},
    ],
)
def test_a_record_that_cannot_be_read_says_so_and_the_class_has_its_report(course, broken):
    with pytest.raises(ValueError, match="verdict"):
        Verdict.of_data(broken)
    put(course, "ada", [verdict("embed_backward")])
    path = course.notebook("autograded", NAME, "bo")
    put(course, "bo", [verdict("embed_backward")])
    notebook = json.loads(path.read_text())
    notebook["metadata"]["rnn_course"]["verdicts"] = [broken]
    path.write_text(json.dumps(notebook))
    record = record_of("bo", NAME, notebook)
    assert record and "verdict:" in record.remarks[0]
    page = Text(write_report(course).read_text())
    assert page.row("embed_backward")[4] == "1" and "verdict:" in "".join(page.text)


def test_time_memory_tries_and_failures(course):
    for k in range(20):
        put(course, f"s{k:02d}", [verdict("embed_backward")], seconds=float(k), peak=(k + 1) << 20)
    audit = course.root / "audit"
    audit.mkdir()
    lines = [
        {"time": 1, "student": "s03", "assignment": NAME, "failed": "no kernel", "tries": 3},
        {"time": 2, "student": "s03", "assignment": NAME, "score": 1, "tries": 2},
        {"time": 3, "student": "gone", "assignment": NAME, "failed": "<b>no kernel</b>", "tries": 3},
    ]
    (audit / "1.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines) + '{"time": 4, "stu')
    assert {key[0]: (one.count, one.failed) for key, one in tries(course).items()} == {
        "s03": (2, None),
        "gone": (3, "<b>no kernel</b>"),
    }
    page = write_report(course).read_text()
    text = Text(page)
    seconds, memory = [row for row in text.rows if row[0] in ("seconds", "memory, MiB")]
    assert seconds[1:] == ["9.5", "17.1", "18.8", "19.0"] and memory[1:] == ["10.5", "18.1", "19.8", "20.0"]
    seen = " ".join("".join(text.text).split())
    assert "Slowest: s19 19.0 s, s18 18.0 s, s17 17.0 s, s16 16.0 s, s15 15.0 s." in seen
    assert "s03 (2 tries)" in seen and "1 could not be graded" in seen and "<b>" not in page


def test_what_nbgraders_own_command_graded_is_in_the_report(course):
    put(course, "ada", [verdict("embed_backward")])
    path = course.notebook("autograded", NAME, "ada")
    notebook = json.loads(path.read_text())
    notebook["cells"][0]["metadata"]["rnn_course"] = notebook["metadata"]["rnn_course"]["verdicts"][0]
    notebook["metadata"]["rnn_course"] = {"remarks": ["so so"], "error": None}
    path.write_text(json.dumps(notebook))
    (record,) = graded_records(course)
    assert record.score == 4.0 and record.seconds is None
    assert Text(write_report(course).read_text()).row("embed_backward")[4] == "1"


EVIL = '<script>alert(1)</script><img src=x onerror="alert(1)">'


def test_nothing_a_student_wrote_is_markup(course):
    put(course, "<b>eve", [verdict("embed_backward", False, told=EVIL, diagnosis=EVIL)], remarks=[EVIL], error=EVIL)
    put(course, "a\"b'c", [verdict("embed_backward", told="\ud800")])
    page = write_report(course).read_text()
    assert "<script" not in page and "<img" not in page and "<b>" not in page and "default-src 'none'" in page
    assert "&lt;script&gt;alert(1)" in page


def test_pictures_take_the_pages_colour_and_hold_no_script():
    pictures = [
        histogram([1.0, 2.0, 20.0], 20.0),
        histogram([0.0], 0.0),
        outcome_bars({"<b>x": dict.fromkeys(OUTCOMES, 1)}),
        mistake_bars([("<b>a & b", 3)]),
    ]
    for svg in pictures:
        assert svg.startswith("<svg") and "currentColor" in svg and "<script" not in svg and "<b>" not in svg
    assert all(colour in pictures[2] for colour in OUTCOMES.values())


def test_eight_hundred_records_take_seconds(course):
    rng = np.random.default_rng(0)
    put_pattern(course, rng.integers(0, 2, (800, 3)))
    began = time.process_time()
    write_report(course)
    assert time.process_time() - began < 20


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")
def test_it_renders(course, tmp_path):
    put_pattern(course, PATTERN)
    page = write_report(course)
    picture = tmp_path / "page.png"
    subprocess.run(
        [
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--window-size=900,2000",
            f"--screenshot={picture}",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
    )
    assert picture.stat().st_size > 30_000  # an empty page of that size has under 10 kB


def test_every_diagnosis_that_is_no_known_mistake_has_words_in_the_report():
    given = {*diagnose.GENERIC.values(), diagnose.TRAINED_BADLY, "not-implemented", "wrong-forward"}
    assert given == set(report.GENERIC)
