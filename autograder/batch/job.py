"""One unit of work: grade one submission of one assignment. It touches neither gradebook nor files, so it can run
in a process of this machine, or on a worker of a cluster.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import nbformat

from autograder.architecture import meaning, reached, sources
from autograder.checks.exercises import ROOT, exercises
from autograder.checks.solutions import SOLUTIONS
from autograder.judge import grade_notebook
from autograder.sandbox import Limits

__all__ = ["Job", "grade_one", "key", "version"]


@dataclass(frozen=True)
class Job:
    """All that grading one submission needs; it travels to another process, or another machine.

    version: of all that decides the verdicts. cold: start a sandbox for this one alone, not the
    worker's. refused: why there is no submission, where there is none; else what is remarked on its file, or nothing.
    """

    student: str
    assignment: str
    submission: bytes | None
    source: str
    seed: int
    limits: Limits
    version: str
    unsafe: bool
    cold: bool = False
    refused: str = "there is no file"


def grade_one(job: Job) -> dict[str, Any]:
    """Grade one submission. A student's failure is a verdict; InfrastructureError is the grader's own."""
    source = nbformat.reads(job.source, as_version=4)
    graded = grade_notebook(
        job.submission, source, job.seed, job.limits, job.unsafe, cold=job.cold, refused=job.refused
    )
    return {
        "notebook": nbformat.writes(graded.notebook),
        "verdicts": [asdict(verdict) for verdict in graded.verdicts],
        "remarks": [*([job.refused] if job.submission is not None and job.refused else []), *graded.remarks],
        "error": graded.error,
        "seconds": graded.seconds,
        "peak": graded.peak,
        "sandboxed": graded.sandboxed,
        "submission": hashlib.sha256(job.submission or b"").hexdigest(),
        "key": key(job),
    }


def key(job: Job) -> str:
    """Return the key of a job: equal keys give equal verdicts."""
    texts = (job.source, str(job.seed), job.version, repr(job.limits))
    parts = [job.submission or b"", *(text.encode() for text in texts)]
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


@cache
def version(assignment: str, source: str) -> str:
    """Return a hash of all that decides a verdict of this assignment. source: the text of the instructor's notebook.

    That is the judge with the rooms that it needs, the solution, and of each exercise the cases, with what these import
    of rnncore, and the known answers. Of code its meaning counts; of what lies beside the cases every byte, since a
    student reads a known mistake's sentence.
    """
    asked, found = re.findall(r"check\(\\*[\"'](\w+)", source), set[str]()
    while asked:  # a backward pass is checked with its forward pass, which may be an exercise, too
        exercise = asked.pop()
        if exercise in exercises() and exercise not in found:
            found.add(exercise)
            text = (ROOT / exercise / "cases.py").read_text(encoding="utf-8")
            asked += re.findall(r"\w+", "".join(re.findall(r"^FUNCTIONS = (.*)", text, flags=re.M)))
    digest, cases, answers = hashlib.sha256(), [], []
    for exercise in sorted(found):
        cases.append(ROOT / exercise / "cases.py")
        answers += [path for path in sorted(cases[-1].parent.iterdir()) if path.is_file() and path != cases[-1]]
    solution = [path for path in (SOLUTIONS / f"{assignment}.py",) if path.is_file()]
    for path in (*sources("judge"), *solution, *cases, *reached(cases, "rnncore", "autograder.cases")):
        digest.update(path.name.encode() + b"\0" + meaning(path))
    for path in answers:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
