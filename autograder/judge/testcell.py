"""Run one test cell in the trusted process, with the student's functions far away behind proxies."""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from nbformat import NotebookNode, v4

from autograder.checks import CheckFailed, Verdict, run_check
from autograder.judge.kernel import Kernel, Stopped
from autograder.judge.remote import RemoteFunction, names_in
from autograder.notebook import grade_id

__all__ = ["TestVerdict", "free_names", "run_test", "write_verdict"]


@dataclass
class TestVerdict:
    """What one test cell concluded. reason: None for a true verdict of the check, else why there is none:

    undefined, dead, output, memory, total, call, protocol (the student's doing), or cell (the test cell itself raised).
    """

    __test__ = False  # pytest: not a class of tests

    grade_id: str
    exercise: str
    points: float
    score: float
    passed: bool
    message: str
    diagnosis: str | None = None
    warnings: list[str] = field(default_factory=list)
    cases: int = 0
    seconds: float = 0.0
    reason: str | None = None
    share: float = 0.0


class _Checks:
    """The `check` of a test cell: the same words, the secret seed, and every verdict written down."""

    def __init__(self, seed: int, run: Callable[..., Verdict]):
        self._seed, self._run, self.verdicts = seed, run, []

    def __call__(self, exercise: str, *functions: Any, seed: int = 0, show: Any = print) -> None:
        verdict = self._run(exercise, functions, self._seed)
        self.verdicts.append(verdict)
        if not verdict.passed:
            raise CheckFailed(verdict)
        for warning in verdict.warnings:
            show(f"Note: {warning}")
        show(verdict.message)


def free_names(source: str) -> list[str]:
    """Names that a cell reads and does not set itself, builtins and `check` left out."""
    tree = ast.parse(source)
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)} | set(dir(builtins)) | {"check"}
    bound |= {alias.asname or alias.name for node in ast.walk(tree)
              if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names}  # fmt: skip
    return sorted({node.id for node in names} - bound)


def run_test(
    cell: NotebookNode, kernel: Kernel, seed: int, broken: dict[str, str], run: Callable[..., Verdict] = run_check
) -> TestVerdict:
    """The verdict of one test cell; its outputs are written into the cell. Never raises for what a student did.

    broken: name -> why the cell that should define it failed, for a better message. run: stands in for run_check.
    """
    began, shown = time.monotonic(), io.StringIO()
    mark = cell.metadata["nbgrader"]
    checks = _Checks(seed, run)
    verdict = TestVerdict(grade_id(cell) or "", "", float(mark.get("points", 0)), 0.0, False, "")
    try:
        if kernel.stopped:
            raise kernel.stopped
        scope = {"check": checks, "__name__": "__test__"} | _proxies(cell.source, kernel, broken)
        with contextlib.redirect_stdout(shown):
            exec(compile(cell.source, f"<test cell {verdict.grade_id}>", "exec"), scope)
        if kernel.stopped:
            raise kernel.stopped
        verdict.passed = bool(checks.verdicts)
        verdict.message = shown.getvalue().strip() or "The test cell checked nothing."
    except CheckFailed as failed:
        verdict.message = str(failed)
    except Stopped as stopped:
        verdict.message, verdict.reason = _stop_message(stopped), stopped.reason
    except _Undefined as undefined:
        verdict.message, verdict.reason = str(undefined), "undefined"
    except Exception as error:  # the test cell or a case tripped over an answer nobody had thought of
        verdict.message = f"The test could not be finished ({type(error).__name__}: {error})."
        verdict.reason = "cell"
    _take(verdict, checks.verdicts)
    verdict.seconds = round(time.monotonic() - began, 3)
    verdict.message = _plain(verdict.message)
    write_verdict(cell, verdict)
    return verdict


class _Undefined(NameError):
    pass


def _proxies(source: str, kernel: Kernel, broken: dict[str, str]) -> dict[str, RemoteFunction]:
    names = free_names(source)
    kernel.open()
    there = names_in(kernel, names)
    for name in names:
        if name not in there:
            why = broken.get(name)
            raise _Undefined(f"{name} is not defined: " + (f"its cell stopped: {why}" if why else "did its cell run?"))
    return {name: RemoteFunction(kernel, name) for name in there}


def _take(verdict: TestVerdict, verdicts: list[Verdict]) -> None:
    """What the checks said, into the cell's verdict. Every check of the cell must pass; parts of one may count."""
    verdict.passed = verdict.passed and all(each.passed for each in verdicts)
    shares = [each.share or 0.0 for each in verdicts]
    verdict.share = 1.0 if verdict.passed else min(shares) if len(shares) == 1 and verdict.reason is None else 0.0
    verdict.score = round(verdict.points * verdict.share, 4)
    if verdicts:
        verdict.exercise = verdicts[0].exercise
        verdict.diagnosis = next((each.diagnosis for each in verdicts if not each.passed), None)
        verdict.warnings = [_plain(warning) for each in verdicts for warning in each.warnings]
        verdict.cases = sum(each.cases for each in verdicts)
    elif verdict.grade_id.endswith("-check"):
        verdict.exercise = verdict.grade_id.removesuffix("-check")


def write_verdict(cell: NotebookNode, verdict: TestVerdict) -> None:
    """The outputs that nbgrader's own rule scores the same way, and the verdict itself in the metadata."""
    cell.execution_count = None
    said = v4.new_output("stream", name="stdout", text=verdict.message + "\n")
    if verdict.passed:
        cell.outputs = [said]
    elif verdict.score > 0:  # a number as the last value: nbgrader's way of partial credit
        score = {"text/plain": repr(verdict.score)}
        cell.outputs = [said, v4.new_output("execute_result", data=score, execution_count=None)]
    else:
        name = "CheckFailed" if verdict.reason is None else "NotChecked"
        cell.outputs = [v4.new_output("error", ename=name, evalue=verdict.message, traceback=[verdict.message])]
    cell.metadata["rnn_course"] = asdict(verdict)


def _stop_message(stopped: Stopped) -> str:
    return f"This could not be checked. {stopped}"


def _plain(text: str) -> str:
    """Without the characters that steer a terminal; what a student's exception says is part of the text."""
    return re.sub(r"[^\n\t\x20-\x7e\xa0-\ud7ff\ue000-\U0010ffff]", "?", text)[:6000]
