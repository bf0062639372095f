"""The class at a glance: scores, how well each exercise measures, known mistakes, time and memory, lateness."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from autograder.checks.known_answers import answers, exercises
from autograder.checks.verdict import FailedCase, Verdict
from autograder.course import Course
from autograder.gradebook.ledger import Standing, ledger
from autograder.gradebook.records import Record, Tries, graded_records, tries
from autograder.reports.charts import OUTCOMES, histogram, mistake_bars, outcome_bars
from autograder.reports.feedback import environment
from autograder.reports.item_analysis import cronbach_alpha, discrimination

__all__ = ["write_report"]

GENERIC = {
    "not-implemented": "not written yet",
    "raises": "an exception",
    "returns-none": "returned None",
    "wrong-type": "a result of the wrong type",
    "wrong-shape": "a result of the wrong shape",
    "wrong-results": "too few or too many results, or keys missing from one",
    "not-finite": "NaN or infinity",
    "changes-argument": "an argument changed in place",
    "wrong-forward": "a forward pass that is wrong itself",
    "trained-badly": "a training that does not reach what it should",
    "remembers-calls": "an answer that remembers earlier calls",
}

STOPPED = {
    "dead": "Python died",
    "memory": "too much memory",
    "output": "too much output",
    "call": "a call ran too long",
    "total": "the notebook ran too long",
    "undefined": "the function was not defined",
    "protocol": "the answers were no answers",
    "judge": "the answer could not be judged",
}
"""Why there was nothing to judge, where that was the submission's doing."""

QUANTILES = {"median": 0.5, "90 %": 0.9, "99 %": 0.99, "most": 1.0}
CHARTED, SLOWEST = 15, 5


def write_report(course: Course) -> Path:
    """Write report/index.html of a course. Raises FileNotFoundError when nothing is graded yet.

    Every graded notebook is read once, the gradebook in three queries.
    """
    by_assignment: dict[str, list[Record]] = {}
    for record in graded_records(course):
        by_assignment.setdefault(record.assignment, []).append(record)
    if not by_assignment:
        raise FileNotFoundError(f"nothing is graded in {course.root}. Run `python -m autograder grade` first.")
    records = [record for same in by_assignment.values() for record in same]
    given, tried = ledger(course), tries(course)
    page = (
        environment()
        .get_template("report.html")
        .render(
            students=len({record.student for record in records}),
            submissions=len(records),
            seconds=sum(record.seconds or 0.0 for record in records),
            failed=[(*key, one.failed) for key, one in sorted(tried.items()) if one.failed],
            assignments=[_assignment(name, same, given, tried) for name, same in by_assignment.items()],
        )
    )
    path = course.root / "report" / "index.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8", errors="backslashreplace")
    return path


def _assignment(
    name: str, records: list[Record], given: dict[tuple[str, str], Standing], tried: dict[tuple[str, str], Tries]
) -> dict[str, Any]:
    tests: dict[str, list[Verdict]] = {}
    for record in records:
        for verdict in record.verdicts:
            tests.setdefault(verdict.grade_id, []).append(verdict)
    rows = [_row(record, given.get((record.student, name))) for record in records]
    scores, points = [row["score"] for row in rows], sum(same[0].of for same in tests.values())
    items = _items(tests, records)
    mistakes = _mistakes(name, tests)
    charted = [(f"{one['exercise']}: {one['name']}", one["count"]) for one in mistakes[:CHARTED]]
    return {
        "name": name,
        "count": len(records),
        "mean": float(np.mean(scores)),
        "median": float(np.median(scores)),
        "points": points,
        "picture": histogram(scores, points),
        "picture_text": f"Histogram of {len(scores)} scores between {min(scores):g} and {max(scores):g} points",
        **items,
        "outcomes": outcome_bars({item["name"]: item["outcomes"] for item in items["exercises"]}) if tests else "",
        "mistakes": mistakes,
        "mistake_bars": mistake_bars(charted) if charted else "",
        "mistakes_text": "; ".join(f"{label}, {count}" for label, count in charted),
        "use": _use(rows),
        "slowest": sorted((row for row in rows if row["seconds"] is not None), key=lambda r: -r["seconds"])[:SLOWEST],
        "retried": sorted((who, one.count) for (who, what), one in tried.items() if what == name and one.count > 1),
        "late": sorted((row for row in rows if row["seconds_late"] > 0), key=lambda row: -row["seconds_late"]),
        "rows": rows,
    }


def _row(record: Record, said: Standing | None) -> dict[str, Any]:
    """Return the row of one student.

    score: what the tests earned; total: with what was given by hand, less what lateness cost.
    """
    by_hand = sum(mark.score for mark in said.cells.values()) if said and said.cells else record.score
    penalty = said.penalty if said else 0.0
    return {
        "student": record.student,
        "score": record.score,
        "seconds_late": said.seconds_late if said else 0.0,
        "penalty": penalty,
        "total": by_hand - penalty,
        "remarks": [*record.remarks, *([record.error] if record.error else [])],
        "seconds": record.seconds,
        "peak": record.peak / 2**20 if record.peak else None,
    }


def _items(tests: dict[str, list[Verdict]], records: list[Record]) -> dict[str, Any]:
    """Return how each exercise did. Correlations are over the students who have a verdict on every exercise."""
    whole = [record for record in records if {verdict.grade_id for verdict in record.verdicts} == set(tests)]
    earned = [{verdict.grade_id: verdict.score for verdict in record.verdicts} for record in whole]
    points = np.array([[row[test] for test in tests] for row in earned], float).reshape(len(whole), len(tests))
    return {
        "alpha": cronbach_alpha(points),
        "measured": len(whole),
        "exercises": [_item(same, found) for same, found in zip(tests.values(), discrimination(points))],
    }


def _item(verdicts: list[Verdict], found: Any) -> dict[str, Any]:
    outcomes = Counter(_outcome(verdict) for verdict in verdicts)
    reasons = Counter(verdict.reason for verdict in verdicts if _outcome(verdict) == "stopped")
    cases = [v.case for v in verdicts if _outcome(v) in ("wrong", "partly") and v.case is not None]
    return {
        "name": _exercise(verdicts[0]),
        "points": verdicts[0].of,
        "difficulty": float(np.mean([verdict.share for verdict in verdicts])),
        "discrimination": found,
        "outcomes": {outcome: outcomes[outcome] for outcome in OUTCOMES},
        "reasons": [(STOPPED[str(reason)], count) for reason, count in reasons.most_common()],
        "unfinished": sum(verdict.reason == "cell" for verdict in verdicts),
        "case": _most_frequent(cases),
    }


def _outcome(verdict: Verdict) -> str:
    if verdict.passed:
        return "right"
    if verdict.diagnosis == "not-implemented":
        return "not started"
    if verdict.reason in STOPPED:
        return "stopped"
    return "partly" if verdict.share > 0 else "wrong"


def _most_frequent(cases: list[FailedCase]) -> dict[str, Any] | None:
    """Return the case that comes up most often, by its number, under the name it has most often."""
    if not cases:
        return None
    number, count = Counter(case.number for case in cases).most_common(1)[0]
    name, _ = Counter(case.name for case in cases if case.number == number).most_common(1)[0]
    return {"number": number, "name": name, "count": count}


def _mistakes(name: str, tests: dict[str, list[Verdict]]) -> list[dict[str, Any]]:
    """Return all diagnosed mistakes of an assignment, most frequent first; "not written yet" is none."""
    found: Counter[tuple[str, str]] = Counter()
    for verdicts in tests.values():
        exercise = _exercise(verdicts[0])
        found.update((exercise, v.diagnosis) for v in verdicts if v.diagnosis not in (None, "not-implemented"))
    ranked = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    return [
        {
            "exercise": exercise,
            "name": diagnosis.removeprefix("wrong_").replace("_", " "),
            "count": count,
            "id": f"{name}--{exercise}--{diagnosis}",
            "summary": _summary(exercise, diagnosis),
        }
        for (exercise, diagnosis), count in ranked
    ]


def _summary(exercise: str, diagnosis: str) -> str:
    """Return what the mistake is, in the words that the student read."""
    known = {answer.name: answer.summary for answer in answers(exercise, "wrong")} if exercise in exercises() else {}
    return known.get(diagnosis) or GENERIC.get(diagnosis) or diagnosis


def _exercise(verdict: Verdict) -> str:
    return verdict.exercise or verdict.grade_id


def _use(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return quantiles of seconds and of mebibytes."""
    table = []
    for key, label in [("seconds", "seconds"), ("peak", "memory, MiB")]:
        values = [row[key] for row in rows if row[key] is not None]
        if values:
            table.append({"label": label, "numbers": np.quantile(values, list(QUANTILES.values())).tolist()})
    return table
