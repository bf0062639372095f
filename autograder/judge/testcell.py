"""Run one test cell in the trusted process, with the student's functions far away behind proxies."""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from nbformat import NotebookNode, v4

from autograder.checks import CheckFailed, Verdict, run_check
from autograder.checks.words import message, plain
from autograder.inside.values import Raised
from autograder.judge.kernel import Kernel, Stopped
from autograder.judge.remote import RemoteFunction
from autograder.notebook import grade_id

__all__ = ["free_names", "run_test", "write_verdict"]


def run_test(
    cell: NotebookNode, kernel: Kernel, seed: int, broken: dict[str, str], run: Callable[..., Verdict] = run_check
) -> Verdict:
    """Return the verdict of one test cell, and write its outputs into the cell. Never raises for what a student did.

    Every check of the cell must pass. broken: name -> why the cell that should define it failed, for a better message.
    run: stands in for run_check.
    """
    began, shown, verdicts = time.monotonic(), io.StringIO(), list[Verdict]()
    name = grade_id(cell) or ""

    def check(exercise: str, *functions: Any, show: Callable[[str], Any] = print, **_: Any) -> None:
        """Do what students know as `check`, with the secret seed, and write every verdict down."""
        verdicts.append(run(exercise, functions, seed))
        if not verdicts[-1].passed:
            raise CheckFailed(verdicts[-1])
        show(message(verdicts[-1]))

    unfinished = Verdict(name.removesuffix("-check") if name.endswith("-check") else "")
    try:
        if kernel.stopped:
            raise kernel.stopped
        kernel.open()
        functions = {free: RemoteFunction(kernel, free) for free in free_names(cell.source)}
        there = kernel.ask({"op": "names", "names": list(functions)}).get("names")  # by its own account
        missing = [free for free in functions if not isinstance(there, list) or free not in there]
        if missing:
            verdict = replace(unfinished, reason="undefined", called=(missing[0],), seen=broken.get(missing[0], ""))
        else:
            here = {"check": check, "__name__": "__test__", **functions}
            with contextlib.redirect_stdout(shown):
                exec(compile(cell.source, f"<test cell {name}>", "exec"), here)
            if kernel.stopped:
                raise kernel.stopped
            verdict = _conclusion(verdicts, plain(shown.getvalue().strip())) if verdicts else unfinished
    except CheckFailed as failed:
        verdict = _conclusion(verdicts, "") if verdicts else failed.verdict
    except Stopped as stopped:
        verdict = replace(unfinished, reason=stopped.reason, seen=str(stopped))
    except Exception as error:  # the test cell or a case tripped over an answer nobody had thought of
        said = Raised(type(error).__name__, plain(str(error)))
        verdict = replace(unfinished, reason="cell", error=said, seen=f"{said.type}: {said.message}")
    points = float(cell.metadata["nbgrader"].get("points", 0))
    score, seconds = round(points * verdict.share, 4), round(time.monotonic() - began, 3)
    verdict = replace(verdict, grade_id=name, of=points, score=score, seconds=seconds)
    write_verdict(cell, verdict)
    return verdict


def free_names(source: str) -> list[str]:
    """Return the names that a cell reads and does not set itself, builtins and `check` left out."""
    tree = ast.parse(source)
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)} | set(dir(builtins)) | {"check"}
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    bound |= {alias.asname or alias.name for node in imports for alias in node.names}
    return sorted({node.id for node in names} - bound)


def _conclusion(verdicts: list[Verdict], shown: str) -> Verdict:
    """Make one verdict of several: the first that is not passed, or all of them together.

    shown: what the cell printed.
    """
    for verdict in verdicts:
        if not verdict.passed:  # parts count where it is the cell's only check
            return verdict if len(verdicts) == 1 else replace(verdict, share=0.0, right_parts={})
    notes = tuple(note for verdict in verdicts for note in verdict.notes)
    whole = replace(verdicts[0], cases=sum(verdict.cases for verdict in verdicts), notes=notes)
    return replace(whole, told="" if shown == message(whole) else shown)


def write_verdict(cell: NotebookNode, verdict: Verdict) -> None:
    """Write the outputs that nbgrader's own rule scores the same way, and the verdict itself into the metadata."""
    text, cell.execution_count = message(verdict), None
    said = v4.new_output("stream", name="stdout", text=text + "\n")
    if verdict.passed:
        cell.outputs = [said]
    elif verdict.score > 0:  # a number as the last value: nbgrader's way of partial credit
        score = {"text/plain": repr(verdict.score)}
        cell.outputs = [said, v4.new_output("execute_result", data=score, execution_count=None)]
    else:
        name = "CheckFailed" if verdict.reason is None else "NotChecked"
        cell.outputs = [v4.new_output("error", ename=name, evalue=text, traceback=[text])]
    cell.metadata["rnn_course"] = asdict(verdict)
