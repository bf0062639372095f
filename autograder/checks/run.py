"""Run an exercise's cases over a student's functions, and conclude what is wrong with them.

Every case runs once in order and once more in a shuffled order: an answer that remembers earlier calls
gives itself away.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from autograder.checks.call import call, call_module
from autograder.checks.case import Case, Failure, Outcome
from autograder.checks.compare import compare
from autograder.checks.diagnose import alike, diagnose
from autograder.checks.known_answers import Answer, exercises, load_cases
from autograder.checks.solutions import solution_functions
from autograder.checks.verdict import CheckFailed, FailedCase, Note, Verdict
from autograder.checks.words import LONGEST, note
from autograder.inside.values import Raised, is_data

__all__ = ["StudentError", "check", "failure", "outcome", "run_check"]

SHOWN_CALLS = 3
"""So many of a case's calls are told."""


class StudentError(Exception):
    """A student's function raised; its one argument says what and where, as values.Raised."""


@dataclass
class _Calls:
    """The student's functions, by name. Each call is on fresh copies and is written down for the message."""

    functions: Mapping[str, Callable]
    seconds: float | None
    made: list[tuple[str, tuple, str]] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    widened: list[str] = field(default_factory=list)

    def call(self, name: str, *args: Any) -> Any:
        """Call one of the functions, by its name."""
        self.made.append((name, args, ""))
        reply = call(self.functions[name], args, self.seconds)
        if reply.error is not None:
            raise StudentError(reply.error)
        self.changed += [f"argument {k + 1} of {name}" for k in reply.changed]
        given, got = (  # bytes of a number in the floating arrays
            {v.dtype.itemsize for v in values if isinstance(v, np.ndarray) and v.dtype.kind == "f"}
            for values in (args, reply.value if isinstance(reply.value, tuple | list) else (reply.value,))
        )
        if given == {4} and 8 in got:
            self.widened.append(name)
        return reply.value

    def module(self, name: str, args=(), state=None, inputs=(), upstream=()) -> dict[str, Any]:
        """Run a torch module, see autograder.inside.torch_module.run_module."""
        shapes = ", ".join(_shape(each) for each in inputs)
        self.made.append((name, args, f" forward on {shapes}, and back"))
        reply = call_module(self.functions[name], args, state or {}, inputs, upstream, self.seconds)
        if reply.error is not None:
            raise StudentError(reply.error)
        return reply.value


def outcome(case: Case, functions: Mapping[str, Callable], seconds: float | None = None) -> Outcome:
    """Run one case. Raise nothing for what a student's function does. seconds: for one call, if that is unusual."""
    calls = _Calls(functions, seconds)
    f = SimpleNamespace(**{name: partial(calls.call, name) for name in functions}, module=calls.module)
    outputs, error = {}, None
    try:
        with np.errstate(all="ignore"):
            outputs = {key: _settle(value) for key, value in case.run(f).items()}
    except StudentError as raised:
        error = raised.args[0]
    except (TypeError, ValueError, IndexError, KeyError, AttributeError) as raised:
        error = Raised("", str(raised), calls.made[-1][0] if calls.made else "the function")
    shown = (f"{name}({', '.join(map(_shape, args))}){more}" for name, args, more in calls.made[-SHOWN_CALLS:])
    return Outcome(outputs, error, tuple(shown), tuple(calls.changed), tuple(calls.widened))


def failure(case: Case, result: Outcome, pure: bool = False) -> Failure | None:
    """Return why this outcome is not the one expected, or None. pure: a changed argument is a failure, too."""
    if result.error is not None:
        return Failure("error", error=result.error)
    got, axes, wanted = result.outputs, case.axes, case.expected.items()
    differences = (compare(name, got.get(name), want, axes.get(name, ""), case.rtol) for name, want in wanted)
    if places := tuple(filter(None, differences)):
        return Failure(places[0].kind, places)
    if case.judge is not None:
        try:
            seen = case.judge(result.outputs)
        except Exception as error:
            seen = f"what was returned could not be judged: {error}"
        if seen:
            return Failure("property", seen=seen)
    return Failure("changed", seen=result.changed[0]) if pure and result.changed else None


def run_check(exercise: str, functions: tuple[Callable, ...], seed: int = 0) -> Verdict:
    """Return the verdict on one exercise. Equal seeds give equal cases.

    Raise ValueError for an unknown exercise or a wrong number of functions.
    """
    spec = load_cases(exercise)
    if len(functions) != len(spec.FUNCTIONS):
        raise ValueError(
            f"functions: got {len(functions)}, expected {len(spec.FUNCTIONS)}: {', '.join(spec.FUNCTIONS)}"
        )
    by_name, seconds = dict(zip(spec.FUNCTIONS, functions)), getattr(spec, "SECONDS", None)
    cases, random_state = _drawn(spec, exercise, seed), pickle.dumps(np.random.get_state())  # noqa: NPY002  (guarded)
    results = [outcome(case, by_name, seconds) for case in cases]
    notes = []
    for kind in ("changed", "widened"):
        if names := {name for result in results for name in getattr(result, kind)}:
            notes.append(Note(kind, tuple(sorted(names))))
    if random_state != pickle.dumps(np.random.get_state()):  # noqa: NPY002
        notes.append(Note("random"))

    pure, parts = getattr(spec, "PURE", False), getattr(spec, "PARTS", {})
    found = {k: why for k, each in enumerate(zip(cases, results)) if (why := failure(*each, pure)) is not None}
    if not found and seconds is None and (k := _first_that_remembers(cases, results, by_name, seed)) is not None:
        found, parts = {k: Failure("memory")}, {}
    if not found:
        return Verdict(exercise, 1.0, share=1.0, cases=len(cases), notes=tuple(notes))
    first, why = next(iter(found.items()))
    diagnosis, known = diagnose(exercise, partial(_known, exercise, seed), results, why, trains=seconds is not None)
    if diagnosis is None and seconds is None and _first_that_remembers(cases, results, by_name, seed) is not None:
        diagnosis = "remembers-calls"
    if diagnosis is None and _is_forward_wrong(spec, functions, seed):
        diagnosis, known = "wrong-forward", spec.FUNCTIONS[0]
    right = {part: share for part, share in parts.items() if part not in {cases[k].part for k in found}}
    share = sum(right.values(), 0.0)
    return Verdict(
        exercise,
        share,
        share=share,
        case=FailedCase(first + 1, cases[first].name),
        cases=len(cases),
        failed_cases=len(found),
        diagnosis=diagnosis,
        known=known,
        places=why.places,
        error=why.error,
        seen=why.seen,
        called=results[first].calls,
        equation=spec.EQUATION,
        page=spec.PAGE,
        right_parts=right,
        notes=tuple(notes),
    )


def check(exercise: str, *functions: Callable, seed: int = 0, show: Callable[[str], Any] = print) -> None:
    """Check an exercise. Show one line if it is right; raise CheckFailed, which explains itself, if it is not."""
    verdict = run_check(exercise, functions, seed)
    if verdict.passed:
        show(verdict.message)
        return
    for one in verdict.notes:
        show(f"Note: {note(one)}")
    raise CheckFailed(verdict)


@lru_cache(maxsize=256)
def _drawn(spec, exercise: str, seed: int) -> tuple[Case, ...]:
    """Return the cases of one seed.

    Their oracles can take longer than the answers, and they are pure: each runs on copies.
    Raise ValueError where an exercise has parts whose shares do not add up, or a case that belongs to none of them.
    """
    cases, parts = tuple(spec.cases(np.random.default_rng([seed, *exercise.encode()]))), getattr(spec, "PARTS", {})
    strange = {case.part for case in cases} - (set(parts) or {""})
    if strange or (parts and abs(sum(parts.values()) - 1) > 1e-9):
        raise ValueError(f"PARTS: got {parts} and cases of parts {strange}, expected shares that add up to 1")
    return cases


@lru_cache(maxsize=4096)
def _known(exercise: str, seed: int, answer: Answer, k: int) -> Outcome:
    """Return what a known answer gives in case k of a seed: the same for every student who is compared with it."""
    return outcome(_drawn(load_cases(exercise), exercise, seed)[k], answer.functions(solution_functions(exercise)))


def _is_forward_wrong(spec, functions, seed) -> bool:
    """Return whether the student's own forward function, which the exercise goes back through, is already wrong.

    False where there is no such function.
    A backward pass can be the exact gradient of a wrong forward pass, and then nothing in it needs mending.
    """
    forward = spec.FUNCTIONS[0]
    return len(functions) > 1 and forward in exercises() and not run_check(forward, functions[:1], seed).passed


def _first_that_remembers(cases, results, by_name, seed) -> int | None:
    """Return the first case, in a shuffled order, that gives another result the second time, or None."""
    for k in np.random.default_rng(seed).permutation(len(cases)):
        if not alike(outcome(cases[k], by_name), results[k]):
            return int(k)
    return None


def _settle(value: Any) -> Any:
    """Return a copy, so that what a later call overwrites is still here. Ragged or foreign values stay as they are."""
    try:
        array = np.array(value)
    except Exception:
        return value
    return array if array.dtype.kind in "biufc" else value


def _shape(arg: Any) -> str:
    if isinstance(arg, np.ndarray):
        return str(arg.shape)
    if isinstance(arg, int | float | str):
        return repr(arg)[:LONGEST]
    if isinstance(arg, dict) and arg and is_data(arg):
        return f"a dict of {len(arg)}"
    return "a function" if callable(arg) else "cache"
