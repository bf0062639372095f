"""One unit of work: grade one submission of one assignment. It touches neither gradebook nor files, so it can run
in a process of this machine, or on a worker of a cluster.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

import nbformat

from autograder.judge import grade_notebook
from autograder.sandbox import Limits

__all__ = ["Unit", "grade_one", "key"]


@dataclass(frozen=True)
class Unit:
    """All that grading one submission needs; it travels to another process, or another machine.

    version: of the judge and of the exercises, see version.py. cold: start a sandbox for this one alone, in place of
    the worker's.
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


def grade_one(unit: Unit) -> dict[str, Any]:
    """Grade one submission. A student's failure is a verdict; InfrastructureError is the grader's own."""
    source = nbformat.reads(unit.source, as_version=4)
    graded = grade_notebook(unit.submission, source, unit.seed, unit.limits, unit.unsafe, cold=unit.cold)
    return {
        "notebook": nbformat.writes(graded.notebook),
        "verdicts": [asdict(verdict) for verdict in graded.verdicts],
        "remarks": graded.remarks,
        "error": graded.error,
        "seconds": graded.seconds,
        "peak": graded.peak,
        "sandboxed": graded.sandboxed,
        "submission": hashlib.sha256(unit.submission or b"").hexdigest(),
        "key": key(unit),
    }


def key(unit: Unit) -> str:
    """Equal keys give equal verdicts."""
    parts = [unit.submission or b"", unit.source.encode(), str(unit.seed).encode(), unit.version.encode(),
             repr(unit.limits).encode()]  # fmt: skip
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
