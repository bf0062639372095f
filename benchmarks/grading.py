"""How fast is grading? `nbgrader autograde` and this grader, on the same submissions, in turns, on the same machine.

    python -m benchmarks.grading [--json FILE] [--students 40] [--rounds 1]

Both run every check of the assignment. nbgrader runs them in the student's kernel, in one process, as it always does;
this grader runs them outside, with the judge and the sandbox on, on all cores and on one. Nothing is asserted by the
clock: read the ratios.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import nbformat

from autograder.build import build, release_notebook
from autograder.checks.solutions import assignments
from autograder.course import Course
from autograder.gradebook.gradebook import record, register, scores
from autograder.judge import derive_seed
from autograder.judge.grading import grade_notebook
from autograder.judge.kernel import Kernel
from autograder.quality.sample_class import from_library
from autograder.quality.sample_submission import submission_notebook
from autograder.sandbox import Limits

__all__ = ["main"]

PLAIN = """c = get_config()
c.CourseDirectory.course_id = "rnn"
c.CourseDirectory.root = {root!r}
c.CourseDirectory.db_url = "sqlite:///{root}/gradebook.db"
c.Execute.timeout = 300
"""
ENVIRONMENT = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def hand_in(course: Course, assignment: str, students: list[str]) -> None:
    """Hand in one submission for each: solved, in other styles, wrong in one exercise, untouched, over and over."""
    source = course.source(assignment)
    release = release_notebook(source)
    kinds = itertools.cycle([text for _, text, _, _ in from_library(assignment, source)])
    for student, text in zip(students, kinds):
        path = course.notebook("submitted", assignment, student)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(nbformat.writes(submission_notebook(text, release)), encoding="utf-8")


@contextlib.contextmanager
def course_for(assignment: str, students: list[str], plain: bool) -> Iterator[Course]:
    """Make a course with these submissions; plain: with nbgrader's own settings."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        course = Course(Path(folder))
        build(course)
        if plain:
            (course.root / "nbgrader_config.py").write_text(PLAIN.format(root=str(course.root)))
        register(course, assignment)
        hand_in(course, assignment, students)
        yield course


def run(argv: list[str], course: Course) -> float:
    """Return the seconds of one command, its start included."""
    environment = {**os.environ, **ENVIRONMENT, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    began = time.perf_counter()
    done = subprocess.run(argv, cwd=course.root, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"{' '.join(argv)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return seconds


def autograde(course: Course, assignment: str) -> float:
    """Return the seconds of nbgrader's own command."""
    return run([sys.executable, "-m", "nbgrader", "autograde", assignment, "--log-level=WARN"], course)


def ours(course: Course, jobs: int) -> float:
    """Return the seconds of this grader's command."""
    return run([sys.executable, "-m", "autograder", "grade", "--course", str(course.root), "--jobs", str(jobs)], course)


def compare(assignment: str, students: int, rounds: int, cores: int) -> dict[str, Any]:
    """Return the seconds of each, summed over the rounds, and the ratios."""
    seconds = {"nbgrader": 0.0, "ours": 0.0, "ours, one process": 0.0}
    names = [f"student-{k:03d}" for k in range(students)]
    for k in range(rounds):
        with course_for(assignment, names, plain=True) as theirs:
            seconds["nbgrader"] += autograde(theirs, assignment)
            their_scores = {student: score for (student, _), (score, _) in scores(theirs).items()}
        for name, jobs in (("ours", cores), ("ours, one process", 1)):
            with course_for(assignment, names, plain=False) as course:
                seconds[name] += ours(course, jobs)
                if (got := whole_points(course, assignment)) != their_scores:
                    raise RuntimeError(f"the scores differ: {set(got.items()) ^ set(their_scores.items())}")
        click.echo(f"  round {k + 1} of {rounds}: " + ", ".join(f"{n} {s:.1f} s" for n, s in seconds.items()))
    ratios = {name: seconds["nbgrader"] / seconds[name] for name in list(seconds)[1:]}
    return {
        "assignment": assignment,
        "students": students,
        "seconds": seconds,
        "times nbgrader": ratios,
        "where the time goes": anatomy(assignment, names[:8]),
    }


def whole_points(course: Course, assignment: str) -> dict[str, float]:
    """Return scores without parts of points, which nbgrader alone does not give."""
    found = {}
    for path in course.root.glob(f"autograded/*/{assignment}/*.ipynb"):
        verdicts = json.loads(path.read_text(encoding="utf-8"))["metadata"]["rnn_course"]["verdicts"]
        found[path.parts[-3]] = float(sum(verdict["of"] for verdict in verdicts if verdict["share"] == 1))
    return found


def anatomy(assignment: str, students: list[str]) -> dict[str, float]:
    """Measure the milliseconds of one submission's parts, in one process that has done one before."""
    parts = dict.fromkeys(("start and end of the sandbox", "the student's cells", "tests", "gradebook"), 0.0)
    with course_for(assignment, students, plain=False) as course:
        source = course.source(assignment)
        limits = Limits().of(source)
        for k, student in enumerate(students):
            data = course.notebook("submitted", assignment, student).read_bytes()
            began = time.perf_counter()
            with Kernel(limits):
                pass
            started = time.perf_counter() - began
            graded = grade_notebook(data, source, derive_seed(b"benchmark", assignment, student), limits)
            tests = sum(verdict.seconds for verdict in graded.verdicts)
            began = time.perf_counter()
            record(course, assignment, student, graded.notebook)
            wrote = time.perf_counter() - began
            if k:
                for name, spent in zip(parts, (started, graded.seconds - tests - started, tests, wrote)):
                    parts[name] += 1000 * spent / (len(students) - 1)
    return {name: round(spent, 1) for name, spent in parts.items()}


@click.command(help=__doc__)
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write the figures here, too.")
@click.option("--students", default=40, show_default=True)
@click.option("--rounds", default=1, show_default=True, help="How often each grades all of them, in turns.")
@click.option("--assignment", "wanted", multiple=True, type=click.Choice(list(assignments())))
def main(file: Path | None, students: int, rounds: int, wanted: tuple[str, ...]) -> None:
    cores = os.cpu_count() or 1
    figures: dict[str, Any] = {
        "machine": f"{platform.machine()}, {cores} cores, Python {platform.python_version()}",
        "date": time.strftime("%Y-%m-%d"),
        "load before": os.getloadavg()[0],
        "results": [],
    }
    for assignment in wanted or ("ch02_bptt",):
        click.echo(f"{assignment}, {students} submissions:")
        result = compare(assignment, students, rounds, cores)
        figures["results"].append(result)
        for name, ratio in result["times nbgrader"].items():
            click.echo(f"  {name}: {ratio:.1f} times as fast as nbgrader autograde")
        click.echo("  one submission: " + ", ".join(f"{n} {ms} ms" for n, ms in result["where the time goes"].items()))
    if file is not None:
        file.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
