"""The process in which `autograder.selfcheck` runs a student's notebook: on the student's machine, so not in a sandbox.

It reads what to do from stdin, as one JSON object, and says what it does on its stdout, a line of JSON each:
{"begin": number of the cell, "exercise": name or null}, {"limit": seconds}, {"verdict": ...}, {"broken": why}. What
runs too long, and what crashes Python, is seen by faulthandler, which needs neither signals nor the interpreter's
lock: it writes where Python was, and the process ends.
"""

from __future__ import annotations

import ast
import base64
import builtins
import contextlib
import faulthandler
import json
import os
import pickle
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from autograder.checks import Verdict, run_check
from autograder.checks.calls import Reply, call, call_module

__all__ = ["main"]


class _Voice:
    """The line to the parent. What the student's code prints goes to stderr."""

    def __init__(self) -> None:
        self.file = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
        os.dup2(2, 1)

    def say(self, **what: Any) -> None:
        """Say one thing, at once."""
        self.file.write(json.dumps(what) + "\n")
        self.file.flush()


class _Clock:
    """Limits within limits. Past the first of them to end, the process ends, and the parent reads where it was."""

    def __init__(self, voice: _Voice) -> None:
        self._voice, self._limits = voice, []

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Give the body so long, and no longer than the limits that it is in."""
        self._limits.append((time.monotonic() + seconds, seconds))
        self._arm()
        try:
            yield
        finally:
            self._limits.pop()
            self._arm()

    def more(self, seconds: float) -> None:
        """Lengthen all limits: a call that may take unusually long begins."""
        self._limits = [(ends + seconds, limit + seconds) for ends, limit in self._limits]

    def _arm(self) -> None:
        if not self._limits:
            faulthandler.cancel_dump_traceback_later()
            return
        ends, seconds = min(self._limits)
        self._voice.say(limit=seconds)
        faulthandler.dump_traceback_later(max(0.01, ends - time.monotonic()), exit=True, file=self._voice.file)


class _Timed:
    """A student's function, each call of which has its limit; `checks.call` knows it by these two methods."""

    def __init__(self, function: Callable, clock: _Clock, seconds: float):
        self.__name__ = getattr(function, "__name__", "function")
        self._function, self._clock, self._seconds = function, clock, seconds

    def __call__(self, *args: Any) -> Any:
        """Call it where nobody asks for more than its value."""
        return self._function(*args)

    def call_remote(self, args: tuple, seconds: float | None = None) -> Reply:
        """Call it."""
        return self._limited(seconds, lambda: call(self._function, args))

    def module_remote(self, args, state, inputs, upstream, seconds: float | None = None) -> Reply:
        """Make a module with it, and run that."""
        return self._limited(seconds, lambda: call_module(self._function, args, state, inputs, upstream))

    def _limited(self, seconds: float | None, work: Callable[[], Reply]) -> Reply:
        if seconds is not None:
            self._clock.more(seconds)
        with self._clock.within(seconds or self._seconds):
            return work()


class _Run:
    """A notebook's cells, in order."""

    def __init__(self, job: dict[str, Any], voice: _Voice):
        self._job, self._limits, self._voice, self._clock = job, job["limits"], voice, _Clock(voice)
        self._scope = {"__name__": "__main__", "__builtins__": _without(self._limits["forbidden"])}
        self._broken: dict[str, str] = {}

    def run(self) -> None:
        """Run cells and tests from "start" on; of what is before it the cells alone, for the names they define."""
        for cell in self._job["cells"]:
            number, name = cell["number"], cell["name"]
            if cell["test"]:
                if number >= self._job["start"]:
                    self._test(cell)
            elif name in self._job["skip"]:
                self._broken[name] = self._job["skip"][name]
            else:
                self._voice.say(begin=number, exercise=None)
                if why := self._try(cell, self._limits["cell"]):
                    self._broken[name] = why

    def _test(self, cell: dict[str, Any]) -> None:
        def check(exercise: str, *functions: Any, **_: Any) -> None:
            self._voice.say(begin=cell["number"], exercise=exercise)
            timed = tuple(_Timed(function, self._clock, self._limits["call"]) for function in functions)
            self._tell(run_check(exercise, timed))

        exercise = cell["name"].removesuffix("-check")
        self._voice.say(begin=cell["number"], exercise=exercise)
        self._scope["check"] = check
        if why := self._try(cell, self._limits["test"]):
            broken = [f"\nIts cell stopped with {self._broken[name]}" for name in self._broken if name in why]
            self._tell(Verdict(exercise, told=why + "".join(broken)))

    def _try(self, cell: dict[str, Any], seconds: float) -> str | None:
        """Run a cell. Return why it failed, or None."""
        try:
            with self._clock.within(seconds):
                exec(compile(_plain(cell["source"]), f"cell {cell['name']}", "exec"), self._scope)
        except (Exception, SystemExit) as error:
            return f"{type(error).__name__}: {error}".removesuffix(": ")
        return None

    def _tell(self, verdict: Verdict) -> None:
        self._voice.say(verdict=base64.b64encode(pickle.dumps(verdict)).decode())


def _without(forbidden: list[str]) -> dict[str, Any]:
    """Make builtins for the student's cells, whose `import` refuses what the assignment forbids, as where it is graded.

    The cases run in the same process and may import it: some of them ask torch for the right values.
    """

    def guarded(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.partition(".")[0] in forbidden:
            raise ModuleNotFoundError(f"{name} is not to be used in this assignment", name=name)
        return __import__(name, *args, **kwargs)

    return {**vars(builtins), "__import__": guarded}


def _plain(source: str) -> str:
    """Return the cell without lines that only IPython understands."""
    try:
        ast.parse(source)
        return source
    except SyntaxError:
        return "\n".join("" if line.lstrip().startswith(("%", "!", "?")) else line for line in source.splitlines())


def _bound_memory(size: int) -> None:
    """Allow so much address space above what is in use, where the system has such a limit; the parent looks, too."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # not on Windows

        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + size, resource.getrlimit(resource.RLIMIT_AS)[1]))


def main() -> None:
    """Do what stdin says."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, too, and it ends this process
    job, voice = json.load(sys.stdin), _Voice()
    faulthandler.enable(voice.file)
    _bound_memory(job["limits"]["memory"])
    _Run(job, voice).run()
    voice.say(end=True)


if __name__ == "__main__":
    main()
