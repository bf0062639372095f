"""A student's own check of a whole notebook, from the terminal.

The notebook runs in a process of its own (`autograder.selfcheck_child`). One that does not end, eats memory or
crashes costs its own verdict: the rest goes on in a new process, in which the cells before have run again.
"""

from __future__ import annotations

import base64
import json
import os
import pickle
import queue
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil

from autograder.checks import Verdict
from autograder.checks.blame import blame, names_in_source
from autograder.notebook import grade_id, is_solution, is_test, read_notebook
from autograder.sandbox.limits import Limits

__all__ = ["check_notebook"]

LOOK = 0.25
"""Seconds from one look at the memory in use to the next."""
PACKAGES = Path(__file__).resolve().parents[1]


def check_notebook(
    path: Path, begin: Callable[[str], Any] = lambda exercise: None, limits: Limits | None = None
) -> Iterator[Verdict]:
    """Run the cells of a notebook in order, and yield the verdict on each test cell as it comes.

    begin: is told the exercise that is checked next. limits: of a cell, a call, a test cell and of memory, where the
    notebook does not say others.
    A cell of the student's that fails does not stop the rest; the checks that need it say so.
    Raises ValueError for a file that is no notebook.
    """
    child = _Child()
    try:
        notebook = read_notebook(Path(path).read_bytes())
        limits = (limits or Limits()).of(notebook)
        job: dict[str, Any] = {"cells": _cells(notebook), "limits": asdict(limits), "start": 0, "skip": {}}
        uses = {k: v for cell in job["cells"] if not cell["test"] for k, v in names_in_source(cell["source"]).items()}
        earlier: dict[str, Callable[[], Verdict]] = {}
        while True:
            child.send(job)
            at, exercise, limit = 0, None, 0.0
            for said in child.listen(limits.resident):
                if "begin" in said:
                    if said["exercise"] not in (None, exercise):
                        begin(said["exercise"])
                    at, exercise = said["begin"], said["exercise"]
                elif "limit" in said:
                    limit = said["limit"]
                elif "verdict" in said:
                    verdict = pickle.loads(base64.b64decode(said["verdict"]))
                    yield blame(verdict, uses, earlier)
                    earlier[verdict.exercise] = lambda verdict=verdict: verdict
                    at, exercise = at + 1, None
                elif "end" in said:
                    return
            why = child.last_words(job["cells"], limit, limits)
            if exercise is not None:
                yield Verdict(exercise, told=f"{exercise} could not be checked: {why}")
                at += 1
            job["skip"] |= {cell["name"]: why for cell in job["cells"] if cell["number"] == at and not cell["test"]}
            job["start"] = max(job["start"], at)
            child.close()
            child = _Child()
    finally:
        child.close()


def _cells(notebook: Any) -> list[dict[str, Any]]:
    """Return what the child needs to know of the code cells."""
    return [
        {
            "number": k,
            "name": grade_id(cell) or str(k),
            "source": cell.source,
            "test": is_test(cell) and not is_solution(cell),
        }
        for k, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
    ]


class _Child:
    """One process of `autograder.selfcheck_child`."""

    def __init__(self) -> None:
        path = os.pathsep.join(filter(None, (str(PACKAGES), os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "autograder.selfcheck_child"],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._dump, self._too_much = "", False
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self._lines.put(line)
        self._lines.put("")

    def send(self, job: dict[str, Any]) -> None:
        """Say what to do."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(job))
        self._process.stdin.close()

    def listen(self, memory: int) -> Iterator[dict[str, Any]]:
        """Yield what it says, until it ends. It is ended when it has more than so many bytes in use."""
        look = time.monotonic()
        while True:
            if time.monotonic() >= look:
                self._look(memory)
                look = time.monotonic() + LOOK
            try:
                line = self._lines.get(timeout=LOOK)
            except queue.Empty:
                continue
            if not line:
                return
            if line.startswith("{"):
                yield json.loads(line)
            else:
                self._dump += line

    def _look(self, memory: int) -> None:
        try:
            self._too_much = psutil.Process(self._process.pid).memory_info().rss > memory
        except psutil.Error:
            return
        if self._too_much:
            self._process.kill()

    def last_words(self, cells: list[dict[str, Any]], limit: float, limits: Limits) -> str:
        """Return why it ended before its time, and where it was, by what faulthandler wrote.

        Raises RuntimeError when it did not even begin.
        """
        status = self._process.wait()
        place = self._place({cell["name"]: cell["source"].splitlines() for cell in cells})
        if self._too_much:
            return f"it took more than {limits.resident >> 20} MiB of memory"
        if "Timeout (" in self._dump:
            return f"still running after {limit:g} s{place}"
        if fatal := re.search(r"(?:Fatal Python error|Windows fatal exception): (.*)", self._dump):
            return f"Python crashed ({fatal[1]}){place}"
        if not limit:
            raise RuntimeError(f"the process that checks the notebook did not start (exit status {status})")
        return f"it ended Python (exit status {status})"

    def _place(self, sources: dict[str, list[str]]) -> str:
        """Return the innermost line of the student's, in the thread that matters."""
        threads = re.split(r"^(?=Current thread|Thread )", self._dump, flags=re.M)[::-1]  # the main one comes last
        for thread in sorted(threads, key=lambda text: not text.startswith("Current")):
            if found := re.search(r'File "cell (.*)", line (\d+) in (.*)', thread):
                lines, number = sources.get(found[1], []), int(found[2])
                text = lines[number - 1].strip() if number <= len(lines) else ""
                inside = "" if found[3] == "<module>" else f" in {found[3]},"
                return f",{inside} line {number}: {text}"
        return ""

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
