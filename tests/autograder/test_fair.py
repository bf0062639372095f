"""Is it fair? What a case demands beyond the formulas stands in the assignment's text, or no case demands it."""

import types
from functools import cache, partial

import numpy as np
import pytest

from autograder.build import release_notebook, source_notebook
from autograder.checks import run_check
from autograder.checks.calls import Calls
from autograder.checks.demands import DEMANDS, PLAIN, UNCHANGED
from autograder.checks.known_answers import answers, exercises, load_cases
from autograder.checks.run import asked, contracts_of, demand, drawn
from autograder.checks.solutions import SOLUTIONS, assignments, solution_functions

SEEDS = range(12)
HOME = {exercise: assignment for assignment, names in assignments().items() for exercise in names}
TRIED = [e for e in exercises() if not hasattr(load_cases(e), "SECONDS")]


@cache
def released(assignment: str) -> dict[str, str]:
    """Return the cells of the students' notebook by name, each with the text before it."""
    found, text = {}, ""
    for cell in release_notebook(source_notebook(SOLUTIONS / f"{assignment}.py")).cells:
        if cell.cell_type == "markdown" and not cell.source.startswith("<details>"):  # hints stand between the two
            text = cell.source
        found[cell.id] = f"{text}\n\n{cell.source}"
    return found


def made(exercise: str, seed: int, k: int) -> Calls:
    """Return the calls of the model solution in one case."""
    calls = Calls(solution_functions(exercise), contracts_of(load_cases(exercise)))
    case = drawn(exercise, seed)[k]
    with np.errstate(all="ignore"):
        case.run(types.SimpleNamespace(**{n: partial(calls.call, n) for n in calls.functions}, module=calls.module))
    return calls


@pytest.mark.parametrize("exercise", TRIED)
def test_a_case_belongs_to_a_demand_that_is_declared_and_no_seed_changes_it(exercise):
    declared = {PLAIN, *getattr(load_cases(exercise), "DEMANDS", ())}
    count = len(drawn(exercise, 0))
    of_cases = [[demand(exercise, seed, k) for k in range(count)] for seed in SEEDS[:4]]
    assert all(of_case == of_cases[0] for of_case in of_cases), "it depends on the seed"
    assert set(of_cases[0]) == declared - {UNCHANGED} or set(of_cases[0]) == declared
    assert of_cases[0].count(PLAIN) >= 2


@pytest.mark.parametrize("exercise", TRIED)
def test_arguments_have_the_axes_that_the_contract_says(exercise):
    contracts = contracts_of(load_cases(exercise))
    for k in range(len(drawn(exercise, 0))):
        for name, args, _ in made(exercise, 0, k).made:
            if name not in contracts:
                continue
            sizes = contracts[name].sizes(args)
            for (argument, axes), value in zip(contracts[name].takes.items(), args):
                if isinstance(axes, str) and isinstance(value, np.ndarray):
                    want = [sizes.get(axis, size) for axis, size in zip(axes.split(), value.shape, strict=True)]
                    assert [*value.shape] == want, (name, argument)


@pytest.mark.parametrize("exercise", TRIED)
def test_what_is_asked_and_returned_stands_in_the_notebook(exercise):
    spec, text = load_cases(exercise), released(HOME[exercise])[exercise]
    told = {one.name: one.told for one in DEMANDS}
    for name in getattr(spec, "DEMANDS", ()):
        assert f"{told[name]} ({asked(exercise)[name]:.0%})" in text
    if hasattr(spec, "CONTRACT"):
        assert all(line in text for line in spec.CONTRACT.lines())
    assert abs(sum(asked(exercise).values()) - 1) < 1e-9


def test_a_function_that_fails_at_a_demand_loses_its_share_alone():
    solved = solution_functions("rnn_step")["rnn_step"]

    def squeezed(*args):
        h_next, cache = solved(*args)
        return np.squeeze(h_next), cache

    verdict = run_check("rnn_step", (squeezed,))
    assert verdict.share == pytest.approx(0.9) and "sizes of 1" not in verdict.right_parts
    assert "the plain cases (80%)" in verdict.message
    assert run_check("rnn_step", (lambda *args: (-solved(*args)[0], 0),)).share == 0


NATURAL = [
    ("rnn_step", "right_own_tanh"),
    ("rnn_forward", "right_own_tanh"),
    ("gru_step", "right_own_tanh"),
    ("rnn_backward", "right_into_the_argument"),
    ("lstm_backward", "right_into_the_argument"),
    ("lstm_step_backward", "right_into_the_argument"),
]


@pytest.mark.parametrize(("exercise", "name"), NATURAL)
def test_natural_answers_pass_with_every_seed(exercise, name):
    (answer,) = [answer for answer in answers(exercise, "right") if answer.name == name]
    functions = tuple(answer.functions(solution_functions(exercise)).values())
    for seed in range(200):
        verdict = run_check(exercise, functions, seed)
        assert verdict.passed, f"seed {seed}: {verdict.message}"


def test_an_argument_changed_in_place_costs_its_share_or_is_a_note_never_both():
    clip, step = solution_functions("clip_by_norm")["clip_by_norm"], solution_functions("rnn_step")["rnn_step"]

    def in_place(grads, thr):
        clipped, norm = clip(grads, thr)
        for name, array in grads.items():
            array[...] = clipped[name]
        return grads, norm

    costs = run_check("clip_by_norm", (in_place,))
    assert costs.share == pytest.approx(0.8) and costs.diagnosis == "changes-argument"
    assert [note.kind for note in costs.notes] == [] and "No points are lost" not in costs.message

    def written(x, h, V, W, b):
        result = step(x, h, V, W, b)
        h += 1
        return result

    noted = run_check("rnn_step", (written,))
    assert noted.passed and [note.kind for note in noted.notes] == ["changed"]
