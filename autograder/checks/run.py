"""Run an exercise's cases over a student's functions, and conclude what is wrong with them.

Every case runs once in order and once more in a shuffled order: an answer that remembers earlier calls
gives itself away.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from autograder.checks.calls import Calls, StudentError
from autograder.checks.case import Case, Failure, Outcome
from autograder.checks.compare import compare
from autograder.checks.contract import Broken, Contract
from autograder.checks.demands import PLAIN, UNCHANGED, demand_of, shares
from autograder.checks.diagnose import alike, diagnose
from autograder.checks.exercises import exercises, load_cases
from autograder.checks.known_answers import Answer
from autograder.checks.relations import relation, same_as
from autograder.checks.solutions import solution_functions
from autograder.checks.verdict import Difference, FailedCase, Note, Verdict
from autograder.checks.words import UNJUDGED
from autograder.inside.values import Raised

__all__ = ["asked", "contracts_of", "demand", "drawn", "failure", "outcome", "run_check"]


def outcome(case: Case, functions: Mapping[str, Callable], contracts: Mapping[str, Contract], seconds=None) -> Outcome:
    """Run one case. Raise nothing for what a student's function does. seconds: for one call, if that is unusual."""
    calls = Calls(functions, contracts, seconds)
    outputs, error, broken = {}, None, ()
    try:
        outputs = {key: _settle(value) for key, value in _run(case, calls).items()}
    except StudentError as raised:
        error = raised.args[0]
    except Broken as raised:
        broken, outputs = raised.args
    except (TypeError, ValueError, IndexError, KeyError, AttributeError) as raised:
        error = Raised("", str(raised), calls.made[-1][0] if calls.made else "the function")
    return Outcome(outputs, error, calls.shown(), tuple(calls.changed), broken, tuple(calls.sizes.items()))


def _run(case: Case, calls: Calls) -> Mapping[str, Any]:
    """Run a case's script over the functions of these calls."""
    f = SimpleNamespace(**{name: partial(calls.call, name) for name in calls.functions}, module=calls.module)
    with np.errstate(all="ignore"):
        return case.run(f)


def failure(case: Case, result: Outcome, pure: bool = False) -> Failure | None:
    """Return why this outcome is not the one expected, or None. pure: a changed argument is a failure, too."""
    if result.error is not None:
        return Failure("error", error=result.error)
    if result.broken:
        return Failure(result.broken[0].kind, tuple(_hinted(one, case, result.outputs) for one in result.broken))
    compared = {name: compare(name, result.outputs.get(name), want, case.axes.get(name, ""), case.rtol)
                for name, want in case.expected.items()}  # fmt: skip
    if places := tuple(_related(one, case, result) for one in compared.values() if one is not None):
        return Failure(places[0].kind, places, tuple(name for name, one in compared.items() if one is None))
    if case.judge is not None:
        try:
            seen = case.judge(result.outputs)
        except Exception as error:
            seen = f"{UNJUDGED}{error}"
        if seen:
            return Failure("property", seen=seen)
    return Failure("changed", seen=result.changed[0]) if pure and result.changed else None


def _related(one: Difference, case: Case, result: Outcome) -> Difference:
    """Return the difference with what all of the array is of the right one, if it is something simple."""
    if one.kind != "value":
        return one
    expected = {name: np.asarray(want) for name, want in case.expected.items()}
    got, want = np.asarray(result.outputs[one.output]), expected.pop(one.output)
    return replace(one, relation=relation(got, want, one.axes, dict(result.sizes), expected))


def _hinted(one: Difference, case: Case, outputs: Mapping[str, Any]) -> Difference:
    """Return the difference with a hint, where an array of the wrong shape holds the right values, or another's."""
    whole, _, key = one.output.removesuffix("']").partition("['")
    got = outputs.get(whole)
    got = got.get(key) if key and isinstance(got, dict) else got
    if one.kind != "shape" or not isinstance(got, np.ndarray):
        return one
    expected = {name: np.asarray(want) for name, want in case.expected.items()}
    name = next((name for name in (one.output, key, f"d{key}", f"{whole} {key}") if name in expected), None)
    if name is not None:
        found = compare(one.output, got, expected.pop(name), case.axes.get(name, ""), case.rtol)
        one = one if found is None else replace(one, hint=found.hint)
    return one if one.hint else replace(one, relation=f"output {other}" if (other := same_as(got, expected)) else "")


def contracts_of(spec: ModuleType) -> dict[str, Contract]:
    """Return the contracts of the functions that an exercise's cases call."""
    own = {name: load_cases(name) for name in spec.FUNCTIONS if name in exercises()}
    found = {name: cases.CONTRACT for name, cases in own.items() if hasattr(cases, "CONTRACT")}
    return found | getattr(spec, "GIVEN", {})


def run_check(exercise: str, functions: tuple[Callable, ...], seed: int = 0) -> Verdict:
    """Return the verdict on one exercise. Equal seeds give equal cases.

    Raise ValueError for an unknown exercise or a wrong number of functions.
    """
    spec = load_cases(exercise)
    if len(functions) != len(spec.FUNCTIONS):
        expected = f"{len(spec.FUNCTIONS)}: {', '.join(spec.FUNCTIONS)}"
        raise ValueError(f"functions: got {len(functions)}, expected {expected}")
    seconds, by_name = getattr(spec, "SECONDS", None), dict(zip(spec.FUNCTIONS, functions))
    run = partial(outcome, functions=by_name, contracts=contracts_of(spec), seconds=seconds)
    cases, random_state = drawn(exercise, seed), pickle.dumps(np.random.get_state())  # noqa: NPY002  (guarded)
    results = [run(case) for case in cases]
    notes, pure = [], UNCHANGED in getattr(spec, "DEMANDS", ())
    if (names := {name for result in results for name in result.changed}) and not pure:
        notes.append(Note("changed", tuple(sorted(names))))
    if random_state != pickle.dumps(np.random.get_state()):  # noqa: NPY002
        notes.append(Note("random"))

    found = {k: why for k, each in enumerate(zip(cases, results)) if (why := failure(*each, pure)) is not None}
    remembered = None if found or seconds is not None else _first_that_remembers(cases, results, run, seed)
    if remembered is not None:
        found = {remembered: Failure("memory")}
    if not found:
        return Verdict(exercise, 1.0, share=1.0, cases=len(cases), notes=tuple(notes))
    right = {} if remembered is not None else _right_parts(exercise, seed, found)
    first = min(found, key=lambda k: (demand(exercise, seed, k) != PLAIN, k))
    why, share = found[first], round(sum(right.values(), 0.0), 9)
    blamed: tuple[str, ...] = ()
    plain = [] if demand(exercise, seed, first) != PLAIN else _plain_cases(exercise, seed)
    known_outcome = partial(_known, exercise, seed)
    diagnosis, known = diagnose(exercise, known_outcome, results, why, plain, trains=seconds is not None)
    if diagnosis is None and seconds is None and _first_that_remembers(cases, results, run, seed) is not None:
        diagnosis = "remembers-calls"
    if diagnosis is None and _is_forward_wrong(spec, functions, seed):
        diagnosis, blamed = "wrong-forward", (spec.FUNCTIONS[0], "")
    return Verdict(
        exercise,
        share,
        share=share,
        case=FailedCase(first + 1, cases[first].name),
        cases=len(cases),
        failed_cases=len(found),
        diagnosis=diagnosis,
        known=known,
        blamed=blamed,
        places=why.places,
        right_outputs=why.right,
        error=why.error,
        seen=why.seen,
        called=results[first].calls,
        equation=spec.EQUATION,
        page=spec.PAGE,
        right_parts=right,
        notes=tuple(notes),
    )


def asked(exercise: str) -> dict[str, float]:
    """Return what an exercise asks, with the share of each: of the plain cases, or its parts, and of its demands."""
    spec = load_cases(exercise)
    all_of_it = shares(getattr(spec, "DEMANDS", ()))
    plain = all_of_it.pop(PLAIN)
    return {part: share * plain for part, share in getattr(spec, "PARTS", {PLAIN: 1.0}).items()} | all_of_it


def _right_parts(exercise: str, seed: int, found: Mapping[int, Failure]) -> dict[str, float]:
    """Return what is right of all that is asked, with its share. Where nothing plain is right, no demand counts."""
    cases, whole = drawn(exercise, seed), asked(exercise)
    wrong = set()
    for k, why in found.items():
        name = UNCHANGED if why.kind == "changed" else demand(exercise, seed, k)
        wrong.add((cases[k].part or PLAIN) if name == PLAIN else name)
    right = {name: share for name, share in whole.items() if name not in wrong}
    plain = set(getattr(load_cases(exercise), "PARTS", (PLAIN,)))
    return right if plain & right.keys() else {}


def _plain_cases(exercise: str, seed: int) -> list[int]:
    """Return the cases of no demand."""
    return [k for k in range(len(drawn(exercise, seed))) if demand(exercise, seed, k) == PLAIN]


@lru_cache(maxsize=4096)
def demand(exercise: str, seed: int, k: int) -> str:
    """Return the demand of one case, measured on the calls of the model solution; what trains has none."""
    spec = load_cases(exercise)
    if hasattr(spec, "SECONDS"):
        return PLAIN
    contracts = contracts_of(spec)
    calls = Calls(solution_functions(exercise), contracts)
    _run(drawn(exercise, seed)[k], calls)
    made = [*((name, args) for name, args, _ in calls.made), *calls.inputs]
    return demand_of(contracts, made, getattr(spec, "PLAIN_TOO", ()))


@lru_cache(maxsize=256)
def drawn(exercise: str, seed: int) -> tuple[Case, ...]:
    """Return the cases of one seed. Axes that a case does not name are those of the exercise's contract.

    Their oracles can take longer than the answers, and they are pure: each runs on copies.
    Raise ValueError where an exercise has parts whose shares do not add up, or a case that belongs to none of them.
    """
    spec = load_cases(exercise)
    cases, parts = tuple(spec.cases(np.random.default_rng([seed, *exercise.encode()]))), getattr(spec, "PARTS", {})
    strange = {case.part for case in cases} - (set(parts) or {""})
    if strange or (parts and abs(sum(parts.values()) - 1) > 1e-9):
        raise ValueError(f"PARTS: got {parts} and cases of parts {strange}, expected shares that add up to 1")
    axes = spec.CONTRACT.axes() if hasattr(spec, "CONTRACT") else {}
    return tuple(replace(case, axes={**axes, **case.axes}) for case in cases)


@lru_cache(maxsize=4096)
def _known(exercise: str, seed: int, answer: Answer, k: int) -> Outcome:
    """Return what a known answer gives in case k of a seed: the same for every student who is compared with it."""
    functions = answer.functions(solution_functions(exercise))
    return outcome(drawn(exercise, seed)[k], functions, contracts_of(load_cases(exercise)))


def _is_forward_wrong(spec, functions, seed) -> bool:
    """Return whether the student's own forward function, which the exercise goes back through, is already wrong.

    False where there is no such function.
    A backward pass can be the exact gradient of a wrong forward pass, and then nothing in it needs mending.
    """
    forward = spec.FUNCTIONS[0]
    return len(functions) > 1 and forward in exercises() and not run_check(forward, functions[:1], seed).passed


def _first_that_remembers(cases, results, run, seed) -> int | None:
    """Return the first case, in a shuffled order, that gives another result the second time, or None."""
    for k in np.random.default_rng(seed).permutation(len(cases)):
        if not alike(run(cases[k]), results[k]):
            return int(k)
    return None


def _settle(value: Any) -> Any:
    """Return a copy, so that what a later call overwrites is still here. Ragged or foreign values stay as they are."""
    try:
        array = np.array(value)
    except Exception:
        return value
    return array if array.dtype.kind in "biufc" else value
