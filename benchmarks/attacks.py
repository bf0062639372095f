"""What does an attack cost the others? An honest class is graded alone, and again with every attack beside it.

    python -m benchmarks.attacks [--json FILE] [--students 300] [--only NAME ...]

Both batches go through the grader's own command, on all cores, one after the other. Every honest submission must get
the same points in both, and every attack what it deserves. On one worker an attack can hold up the rest by its own
time at most, so the last column bounds how many times as long the class takes with that attack alone beside it.
"""

from __future__ import annotations

import json
import os
import platform
import time
from pathlib import Path
from typing import Any

import click
import nbformat

from autograder.build import release_notebook
from autograder.checks.solutions import assignments
from autograder.course import Course
from autograder.gradebook.gradebook import scores
from autograder.gradebook.records import graded_records
from autograder.quality.sample_submission import assignment_of, earned, samples, submission_notebook
from benchmarks.grading import course_for, ours

__all__ = ["main"]


def hand_in_attacks(course: Course, only: tuple[str, ...]) -> dict[tuple[str, str], float]:
    """Hand in every attack under a name of its own. Return what each deserves, by student and assignment."""
    deserved = {}
    for path in samples("hostile_*.py"):
        student, text = path.stem.replace("_", "-"), path.read_text(encoding="utf-8")
        if only and student.removeprefix("hostile-") not in only:
            continue
        assignment = assignment_of(text)
        source = course.source(assignment)
        marks = [cell.metadata.get("nbgrader", {}) for cell in source.cells]
        points = {mark["grade_id"].removesuffix("-check"): mark["points"] for mark in marks if mark.get("grade")}
        file = course.notebook("submitted", assignment, student)
        file.parent.mkdir(parents=True, exist_ok=True)
        notebook = submission_notebook(text, release_notebook(source))
        file.write_text(nbformat.writes(notebook), encoding="utf-8")
        deserved[student, assignment] = earned(text, points)
    return deserved


def compare(assignment: str, students: int, only: tuple[str, ...], cores: int) -> dict[str, Any]:
    """Return seconds of both batches, and of each attack. Raise RuntimeError where somebody got other points."""
    names = [f"student-{k:04d}" for k in range(students)]
    with course_for(assignment, names, plain=False) as course:
        alone = ours(course, cores)
        honest = {key: score for key, (score, _) in scores(course).items()}
    with course_for(assignment, names, plain=False) as course:
        deserved = hand_in_attacks(course, only)
        beside = ours(course, cores)
        got = {key: score for key, (score, _) in scores(course).items()}
        graded = (record for record in graded_records(course) if record.student not in names)
        seconds = {record.student: record.seconds or 0.0 for record in graded}
    wrong = {key: got.get(key) for key, score in (honest | deserved).items() if got.get(key) != score}
    if wrong:
        raise RuntimeError(f"other points than deserved: {wrong}")
    return {"students": students, "alone": alone, "beside": beside, "attacks": dict(sorted(seconds.items()))}


@click.command(help=__doc__)
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write the figures here, too.")
@click.option("--students", default=300, show_default=True)
@click.option("--assignment", default="ch02_bptt", show_default=True, type=click.Choice(list(assignments())))
@click.option("--only", multiple=True, help="This attack alone, by its name without hostile.")
def main(file: Path | None, students: int, assignment: str, only: tuple[str, ...]) -> None:
    cores = os.cpu_count() or 1
    found = {
        "machine": f"{platform.machine()}, {cores} cores, Python {platform.python_version()}",
        "date": time.strftime("%Y-%m-%d"),
        "load before": os.getloadavg()[0],
        **compare(assignment, students, only, cores),
    }
    for name, seconds in sorted(found["attacks"].items(), key=lambda item: -item[1]):
        click.echo(f"  {name}: {seconds:.1f} s, at most {1 + seconds / found['alone']:.2f} times as long")
    click.echo(f"{students} honest submissions: {found['alone']:.1f} s alone, {found['beside']:.1f} s with "
               f"{len(found['attacks'])} attacks: {found['beside'] / found['alone']:.2f} times as long")  # fmt: skip
    if file is not None:
        file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
