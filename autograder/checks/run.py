"""Run an exercise's cases over a student's functions, and say what happened.

Every case runs once in order and once more in a shuffled order: an answer that remembers earlier calls
gives itself away.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from autograder.checks.call import call, call_module, is_data
from autograder.checks.case import Case
from autograder.checks.compare import Difference, agree, compare
from autograder.checks.diagnose import diagnose
from autograder.checks.library import Answer, exercises, load_cases
from autograder.checks.solutions import solution_functions
from autograder.checks.verdict import CheckFailed, Verdict

__all__ = ["Outcome", "StudentError", "check", "failure", "outcome", "run_check"]


SHOWN_CALLS = 3
"""So many of a case's calls are told."""


class StudentError(Exception):
    """A student's function raised; the text says what and where."""


class Outcome(NamedTuple):
    """What one case gave: the outputs or the error's text, the last calls, which arguments were changed in place,
    and which functions widened float32 to float64.
    """

    outputs: Mapping[str, Any]
    error: str | None
    calls: tuple[str, ...]
    changed: tuple[str, ...]
    widened: tuple[str, ...] = ()


class _Caller:
    """The student's functions, by name. Each call is on fresh copies and is written down for the message."""

    def __init__(self, functions: Mapping[str, Callable], seconds: float | None):
        self._functions, self._seconds, self.calls, self.changed, self.widened = functions, seconds, [], [], []

    def __getattr__(self, name: str) -> Callable:
        if name not in self._functions:
            raise AttributeError(name)

        def function(*args):
            self.calls.append((name, args, ""))
            reply = call(self._functions[name], args, self._seconds)
            if reply.error is not None:
                raise StudentError(reply.error)
            self.changed += [f"argument {k + 1} of {name}" for k in reply.changed]
            if _sizes(args) == {4} and 8 in _sizes(reply.value):
                self.widened.append(name)
            return reply.value

        return function

    def module(self, name: str, args=(), state=None, inputs=(), upstream=()) -> dict[str, Any]:
        """Run a torch module, see autograder.inside.torch_module.run_module."""
        shapes = ", ".join(_shape(each) for each in inputs)
        self.calls.append((name, args, f" forward on {shapes}, and back"))
        reply = call_module(self._functions[name], args, state or {}, inputs, upstream, self._seconds)
        if reply.error is not None:
            raise StudentError(reply.error)
        return reply.value


def outcome(case: Case, functions: Mapping[str, Callable], seconds: float | None = None) -> Outcome:
    """Run one case. Never raises for what a student's function does. seconds: for one call, if that is unusual."""
    f = _Caller(functions, seconds)
    outputs, error = {}, None
    try:
        with np.errstate(all="ignore"):
            outputs = {key: _settle(value) for key, value in case.run(f).items()}
    except StudentError as raised:
        error = str(raised)
    except (TypeError, ValueError, IndexError, KeyError, AttributeError) as raised:
        last = f.calls[-1][0] if f.calls else "the function"
        error = f"what {last} returned could not be taken apart: {raised}"
    calls = (f"{name}({', '.join(map(_shape, args))}){more}" for name, args, more in f.calls[-SHOWN_CALLS:])
    return Outcome(outputs, error, tuple(calls), tuple(f.changed), tuple(f.widened))


def failure(case: Case, result: Outcome) -> Difference | None:
    """Why this outcome is not the one expected, or None."""
    if result.error is not None:
        return Difference("error", result.error)
    for name, want in case.expected.items():
        difference = compare(name, result.outputs.get(name), want, case.axes.get(name, ""), case.rtol)
        if difference:
            return difference
    if case.judge is not None:
        try:
            text = case.judge(result.outputs)
        except Exception as error:
            text = f"what was returned could not be judged: {error}"
        return Difference("property", text) if text else None
    return None


def run_check(exercise: str, functions: tuple[Callable, ...], seed: int = 0) -> Verdict:
    """The verdict on one exercise. Equal seeds give equal cases.

    Raises ValueError for an unknown exercise or a wrong number of functions.
    """
    spec = load_cases(exercise)
    if len(functions) != len(spec.FUNCTIONS):
        raise ValueError(
            f"functions: got {len(functions)}, expected {len(spec.FUNCTIONS)}: {', '.join(spec.FUNCTIONS)}"
        )
    by_name = dict(zip(spec.FUNCTIONS, functions))
    cases = _drawn(spec, exercise, seed)
    parts, seconds = _parts(spec, cases), getattr(spec, "SECONDS", None)
    random_state = _random_state()
    results = [outcome(case, by_name, seconds) for case in cases]
    warnings = _warnings(results, random_state != _random_state())

    failures = _failures(spec, cases, results)
    found = failures[0] if failures else None
    if found is None and seconds is None:
        found = _memory(cases, results, by_name, seed)
    if found is None:
        return Verdict(exercise, True, f"{exercise}: right, in all {len(cases)} cases.", None, warnings, len(cases))
    k, difference = found
    diagnosis, summary = diagnose(exercise, lambda answer, k: _known(exercise, seed, answer, k), results, difference,
                                  trains=seconds is not None)  # fmt: skip
    if diagnosis is None and seconds is None and (again := _memory(cases, results, by_name, seed)) is not None:
        diagnosis, summary = "remembers-calls", "A s" + again[1].text.removeprefix("a s")
    if diagnosis is None and (blamed := _wrong_forward(spec, functions, seed)) is not None:
        diagnosis, summary = "wrong-forward", blamed
    where = f"Failed at: {cases[k].name} (case {k + 1}; {max(len(failures), 1)} of {len(cases)} cases fail)."
    message = _message(spec, exercise, where, results[k], difference, summary)
    missed = {cases[j].part for j, _ in failures} if failures else set(parts)
    share = sum(weight for part, weight in parts.items() if part not in missed)
    if share:
        right = ", ".join(f"{part} ({weight:.0%})" for part, weight in parts.items() if part not in missed)
        message += f"\nRight already, and worth its share of the points: {right}."
    return Verdict(exercise, False, message, diagnosis, warnings, len(cases), share)


@lru_cache(maxsize=256)
def _drawn(spec, exercise: str, seed: int) -> tuple[Case, ...]:
    """The cases of one seed. Their oracles can take longer than the answers, and they are pure: each runs on copies."""
    return tuple(spec.cases(np.random.default_rng([seed, *exercise.encode()])))


@lru_cache(maxsize=4096)
def _known(exercise: str, seed: int, answer: Answer, k: int) -> Outcome:
    """What a known answer gives in case k of a seed: the same for every student who is compared with it."""
    return outcome(_drawn(load_cases(exercise), exercise, seed)[k], answer.functions(solution_functions(exercise)))


def _parts(spec, cases) -> dict[str, float]:
    """The parts of an exercise with their shares; none for all or nothing. Raises ValueError if they do not add up."""
    parts = getattr(spec, "PARTS", {})
    strange = {case.part for case in cases} - (set(parts) or {""})
    if strange or (parts and abs(sum(parts.values()) - 1) > 1e-9):
        raise ValueError(f"PARTS: got {parts} and cases of parts {strange}, expected shares that add up to 1")
    return parts


def _failures(spec, cases, results) -> list[tuple[int, Difference]]:
    """The cases that went wrong, and how; a changed argument counts where the exercise says PURE."""
    failures = []
    for k, (case, result) in enumerate(zip(cases, results)):
        difference = failure(case, result)
        if difference is None and getattr(spec, "PURE", False) and result.changed:
            difference = Difference("changed", f"{result.changed[0]} was changed in place; "
                                               "this exercise asks for a pure function")  # fmt: skip
        if difference:
            failures.append((k, difference))
    return failures


def _wrong_forward(spec, functions, seed) -> str | None:
    """Where the exercise goes back through a forward function of the student's own: is that one already wrong?

    A backward pass can be the exact gradient of a wrong forward pass, and then nothing in it needs mending.
    """
    forward = spec.FUNCTIONS[0]
    if len(functions) == 1 or forward not in exercises() or run_check(forward, functions[:1], seed).passed:
        return None
    return f"Your {forward} is not right itself, and what goes back through it cannot be. Check it first."


def _memory(cases, results, by_name, seed) -> tuple[int, Difference] | None:
    """The first case, in a shuffled order, that gives another result the second time."""
    for k in np.random.default_rng(seed).permutation(len(cases)):
        again = outcome(cases[k], by_name)
        if (again.error is None) != (results[k].error is None) or any(
            not agree(again.outputs.get(key), value) for key, value in results[k].outputs.items()
        ):
            text = (
                "a second call with the same arguments gave another result. "
                "Does a global variable, or a default argument, remember the first?"
            )
            return int(k), Difference("memory", text)
    return None


def check(exercise: str, *functions: Callable, seed: int = 0, show: Callable[[str], Any] = print) -> None:
    """Check an exercise. Shows one line if it is right; raises CheckFailed, which explains itself, if it is not."""
    verdict = run_check(exercise, functions, seed)
    for warning in verdict.warnings:
        show(f"Note: {warning}")
    if not verdict.passed:
        raise CheckFailed(verdict)
    show(verdict.message)


def _message(spec, exercise, where, result, difference, summary) -> str:
    lines = [f"{exercise}: not right yet. {where}"]
    if result.calls:
        lines.append("Called: " + ", then ".join(result.calls))
    lines.append(f"What was seen: {difference.text}")
    if summary:
        lines.append(summary)
    lines.append(f"Reread: equation ({spec.EQUATION}) on the page {spec.PAGE} of the book.")
    return "\n".join(lines)


def _random_state() -> bytes:
    """NumPy's global random state, which belongs to the caller."""
    return pickle.dumps(np.random.get_state())  # noqa: NPY002  (the legacy state is the one to guard)


def _warnings(results, random_state_changed: bool) -> list[str]:
    warnings = []
    changed = sorted({name for result in results for name in result.changed})
    if changed:
        warnings.append(
            f"{', '.join(changed)} was changed in place. No points are lost, but a caller may not expect it."
        )
    widened = sorted({name for result in results for name in result.widened})
    if widened:
        warnings.append(f"{', '.join(widened)} was given float32 and gave float64 back. Right, but twice the memory.")
    if random_state_changed:
        warnings.append("NumPy's global random state was changed. Use a Generator of your own.")
    return warnings


def _settle(value: Any) -> Any:
    """A copy, so that what a later call overwrites is still here. Ragged or foreign values stay as they are."""
    try:
        array = np.array(value)
    except Exception:
        return value
    return array if array.dtype.kind in "biufc" else value


def _sizes(values: Any) -> set[int]:
    """The bytes of a number in the floating arrays among some values."""
    values = values if isinstance(values, tuple | list) else (values,)
    return {v.dtype.itemsize for v in values if isinstance(v, np.ndarray) and v.dtype.kind == "f"}


def _shape(arg: Any) -> str:
    if isinstance(arg, np.ndarray):
        return str(arg.shape)
    if isinstance(arg, int | float | str):
        return repr(arg)
    if isinstance(arg, dict) and arg and is_data(arg):
        return f"a dict of {len(arg)}"
    return "a function" if callable(arg) else "cache"
