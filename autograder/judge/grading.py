"""Grade one notebook: put it together, run it in the sandbox, judge its tests outside."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbformat import NotebookNode

from autograder.checks import Verdict, run_check
from autograder.checks.blame import blame, names_in_source
from autograder.judge.kernel import Kernel, Ran
from autograder.judge.reassemble import reassemble
from autograder.judge.referee import judge_apart
from autograder.judge.testcell import write_verdict
from autograder.judge.told import Submission, own_words
from autograder.notebook import grade_id, is_solution, is_test, read_notebook
from autograder.sandbox.limits import Limits

__all__ = ["Graded", "derive_seed", "grade_notebook", "run_notebook"]


CURABLE, RESTARTS = ("dead", "memory", "judge"), 3
"""Why a kernel may have stopped for a new one to be worth a try, and how many new ones a notebook gets."""

RAW = "rnn_course_raw"


@dataclass
class Graded:
    """One graded notebook. error: why its kernel was stopped, or None. peak: most memory seen, bytes."""

    notebook: NotebookNode
    verdicts: list[Verdict]
    remarks: list[str] = field(default_factory=list)
    seconds: float = 0.0
    error: str | None = None
    peak: int = 0
    received: int = 0
    sandboxed: bool = True

    @property
    def score(self) -> float:
        return sum(verdict.score for verdict in self.verdicts)

    @property
    def points(self) -> float:
        return sum(verdict.of for verdict in self.verdicts)


def derive_seed(secret: bytes, assignment: str, student: str, work: bytes = b"") -> int:
    """Return the seed of one student's hidden cases, below 2**63 (HMAC-SHA256).

    Who has the course's secret can compute it again, and nobody else can. work: what was handed in. Graded again it
    meets the same numbers; changed, for example by a table of the numbers that were seen, it meets others.
    """
    who = f"{assignment}|{student}|".encode() + hashlib.sha256(work).digest()
    digest = hmac.new(secret, who, hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def grade_notebook(
    submission: Path | str | bytes | None,
    source_notebook: NotebookNode,
    seed: int,
    limits: Limits | None = None,
    unsafe: bool = False,
    run: Callable[..., Verdict] = run_check,
    cold: bool = False,
    refused: str = "there is no file",
) -> Graded:
    """Grade a submission against the instructor's notebook. A student's failure is a verdict, never an exception.

    submission: a file, its bytes, or None for none. seed: of the hidden cases. unsafe: go on without a sandbox where
    bubblewrap is missing. run: stands in for run_check. cold: with a fork server of its own.
    refused: why there is no submission, where there is none.
    Raises InfrastructureError when the grader's own machinery fails (try again), and SandboxMissing.
    """
    began, remarks = time.monotonic(), []
    try:
        if submission is None:
            raise ValueError(refused)
        notebook = read_notebook(submission if isinstance(submission, bytes) else Path(submission).read_bytes())
    except ValueError as error:
        notebook = None
        remarks.append(f"This submission could not be read: {error}. The empty assignment was graded in its place.")
    whole, more = reassemble(notebook, source_notebook)
    graded = run_notebook(whole, seed, limits or Limits(), unsafe, run, cold)
    graded.remarks = remarks + more + graded.remarks
    graded.seconds = round(time.monotonic() - began, 3)
    return graded


def run_notebook(
    notebook: NotebookNode,
    seed: int,
    limits: Limits,
    unsafe: bool = False,
    run: Callable[..., Verdict] = run_check,
    cold: bool = False,
) -> Graded:
    """Run a notebook whose test cells are the instructor's. Outputs and verdicts are written into its cells.

    A function that brings its kernel down costs its own exercise, not the later ones: they get a new kernel, in which
    the student's cells have run again, but for one that stopped its kernel by itself.

    From the first test on nothing is told that the student's process says: see `autograder.judge.told`. It stands in
    the metadata of its cell, under RAW, for the instructor.
    """
    verdicts, remarks, broken, ran_before, error = [], [], {}, [], None
    restarts, peak, received = 0, 0, 0
    submission, met = Submission(), False  # met: its process has seen hidden numbers
    with contextlib.ExitStack() as kernels:
        kernel = kernels.enter_context(Kernel(limits, unsafe, cold))
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            left = kernel.left
            if kernel.stopped and kernel.stopped.reason in CURABLE and restarts < RESTARTS and left > 1:
                restarts, peak, received = restarts + 1, max(peak, kernel.peak), received + kernel.received
                kernels.close()
                kernel = kernels.enter_context(Kernel(replace(limits, total=left), unsafe, cold))
                for source in ran_before:
                    kernel.run(source)
            if is_test(cell) and not is_solution(cell):
                met = met or not kernel.stopped
                whole = judge_apart(cell, kernel, seed, broken, run)
                if not whole.passed:
                    whole = _blaming(cell, whole, submission, verdicts)
                verdicts.append(own_words(whole, submission))
                if verdicts[-1] != whole:
                    write_verdict(cell, verdicts[-1])
                    cell.metadata[RAW] = whole.message
            elif cell.source.strip() and _run_cell(cell, kernel, submission, met, broken, remarks):
                ran_before.append(cell.source)
            error = error or (str(kernel.stopped) if kernel.stopped else None)
    return Graded(
        notebook,
        verdicts,
        remarks,
        error=error,
        peak=max(peak, kernel.peak),
        received=received + kernel.received,
        sandboxed=kernel.sandboxed,
    )


def _blaming(cell: NotebookNode, verdict: Verdict, submission: Submission, verdicts: list[Verdict]) -> Verdict:
    """Return the verdict with the earlier function to mend first, and write it into the cell if there is one."""
    uses = {name: used for source in submission.sources for name, used in names_in_source(source).items()}
    whole = blame(verdict, uses, {earlier.exercise: lambda earlier=earlier: earlier for earlier in verdicts})
    if whole is not verdict:
        write_verdict(cell, whole)
    return whole


def _run_cell(
    cell: NotebookNode, kernel: Kernel, submission: Submission, met: bool, broken: dict[str, str], remarks: list[str]
) -> bool:
    """Run a cell of the student's, write down what may be told of it, and return whether it may run once more."""
    alive = kernel.stopped is None
    submission.add(cell.source)
    ran = kernel.run(cell.source)
    if met:
        if ran.outputs:
            cell.metadata[RAW] = ran.outputs
        name = ran.error if ran.error is None or submission.knows(ran.error) else "Exception"
        ran = ran._replace(outputs=submission.outputs(ran.outputs), error=name)
    died = str(kernel.stopped) if alive and kernel.stopped else ""
    if died:
        remarks.append(f"The cell {grade_id(cell) or 'that you added'} stopped Python: {kernel.stopped}")
    cell.outputs, cell.execution_count = ran.outputs, None
    if ran.error is not None or ran.timed_out:
        _note(cell, ran, died, broken, remarks)
    return not (kernel.stopped or ran.timed_out)


def _note(cell: NotebookNode, ran: Ran, died: str, broken: dict[str, str], remarks: list[str]) -> None:
    """Remember which names a failed cell should have defined."""
    if ran.timed_out:
        remarks.append(f"The cell {grade_id(cell) or 'that you added'} ran too long and was stopped.")
    if ran.error is None:
        return
    why = died or ("too long a run" if ran.timed_out else re.sub(r"\W", "", ran.error)[:60])
    line = next((out.evalue for out in ran.outputs if out.output_type == "error"), "")
    if line and not ran.timed_out and not died:
        why += ": " + line.splitlines()[0][:200]
    for name in re.findall(r"^(?:def|class)\s+(\w+)", cell.source, flags=re.M):
        broken[name] = why
