"""The class at a glance: scores, which test fails how often, and which known mistakes were made."""

from __future__ import annotations

import statistics
from collections import Counter
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert
from nbformat import NotebookNode

from autograder.checks.library import answers, exercises
from autograder.course import Course
from autograder.feedback import environment, graded_notebooks

__all__ = ["write_report"]

GENERIC = {
    "not-implemented": "not written yet",
    "raises": "an exception",
    "returns-none": "returned None",
    "wrong-type": "a result of the wrong type",
    "wrong-shape": "a result of the wrong shape",
    "not-finite": "NaN or infinity",
    "changes-argument": "an argument changed in place",
    "wrong-forward": "a forward pass that is wrong itself",
    "remembers-calls": "an answer that remembers earlier calls",
}


def write_report(course: Course) -> Path:
    """Write report/index.html of a course. Raises FileNotFoundError when nothing is graded yet."""
    graded = graded_notebooks(course)
    if not graded:
        raise FileNotFoundError(f"nothing is graded in {course.root}. Run `python -m autograder grade` first.")
    by_assignment: dict[str, list[tuple[str, NotebookNode]]] = {}
    for student, assignment, notebook in graded:
        by_assignment.setdefault(assignment, []).append((student, notebook))
    page = (
        environment()
        .get_template("report.html")
        .render(
            students=len({student for student, _, _ in graded}),
            submissions=len(graded),
            seconds=sum(notebook.metadata["rnn_course"]["seconds"] for _, _, notebook in graded),
            assignments=[_assignment(name, rows) for name, rows in by_assignment.items()],
        )
    )
    path = course.root / "report" / "index.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return path


def _assignment(name: str, rows: list[tuple[str, NotebookNode]]) -> dict[str, Any]:
    records = [(student, notebook.metadata["rnn_course"]) for student, notebook in rows]
    verdicts = [verdict for _, record in records for verdict in record["verdicts"]]
    scores = [float(sum(verdict["score"] for verdict in record["verdicts"])) for _, record in records]
    tests = {verdict["grade_id"]: [v for v in verdicts if v["grade_id"] == verdict["grade_id"]] for verdict in verdicts}
    points = sum(same[0]["points"] for same in tests.values())
    return {
        "name": name,
        "count": len(rows),
        "mean": statistics.mean(scores),
        "median": statistics.median(scores),
        "points": points,
        "picture": _histogram(scores, points),
        "picture_text": f"Histogram of {len(scores)} scores between {min(scores):g} and {max(scores):g} points",
        "exercises": [_exercise(same) for same in tests.values()],
        "rows": [
            {"student": student, "score": score, "remarks": _remarks(record), "seconds": record["seconds"]}
            for (student, record), score in zip(records, scores)
        ],
    }


def _exercise(verdicts: list[dict]) -> dict[str, Any]:
    exercise = verdicts[0]["exercise"] or verdicts[0]["grade_id"]
    known = {a.name: a.summary for a in answers(exercise, "wrong")} if exercise in exercises() else {}
    failed = [verdict for verdict in verdicts if not verdict["passed"]]
    named = Counter(known.get(v["diagnosis"] or "") or GENERIC.get(v["diagnosis"] or "") or v["reason"] or "unknown"
                    for v in failed)  # fmt: skip
    return {
        "name": exercise,
        "points": verdicts[0]["points"],
        "passed": len(verdicts) - len(failed),
        "failed": len(failed),
        "mistakes": named.most_common(4),
    }


def _remarks(record: dict) -> list[str]:
    return [*record["remarks"], *([record["error"]] if record["error"] else [])]


def _histogram(scores: list[float], points: float) -> str:
    """Number of students by score, as SVG in the colours of the page."""
    quiet = {"labelColor": "currentColor", "titleColor": "currentColor", "domainColor": "currentColor",
             "tickColor": "currentColor", "titleFontWeight": "normal"}  # fmt: skip
    chart = (
        alt.Chart(alt.Data(values=[{"score": score} for score in scores]), width=560, height=150)
        .mark_bar(color="#3b7dd8")
        .encode(
            x=alt.X("score:Q", bin=alt.Bin(maxbins=20, extent=[0, points]), title="points", axis=alt.Axis(grid=False)),
            y=alt.Y("count():Q", title="students", axis=alt.Axis(tickMinStep=1, gridColor="rgba(128,128,128,0.25)")),
        )
        .configure(background="transparent", axis=quiet, view={"stroke": None})
    )
    return vl_convert.vegalite_to_svg(chart.to_json())
