"""Is the grader right? Every exercise's known answers, over as many seeds as can matter; with THOROUGH=1 over 100.

A verdict on one seed is a verdict on most: numbers drawn from a normal distribution are never equal by chance. What can
hang by the draw are a judge's threshold, and a mistake that a single case sees. These get all 100 seeds every time. The
rest stops after ten, and once a week, or after a change to the cases, goes on to 100.
"""

import os
import re
import subprocess
import sys

import numpy as np
import pytest

from autograder.checks import run_check
from autograder.checks.known_answers import ROOT, answers, exercises, load_cases
from autograder.checks.solutions import assignments, solution_functions

SEEDS, FEW, TRAINING_SEEDS = range(100), range(10), range(5)
THOROUGH = bool(os.environ.get("THOROUGH"))
WRONG = [(e, a) for e in exercises() for a in answers(e, "wrong")]
RIGHT = [(e, a) for e in exercises() for a in answers(e, "right")]
each_exercise = pytest.mark.parametrize("exercise", exercises())


def label(value):
    return value if isinstance(value, str) else value.name


def failing(verdict):
    """Count the cases that fail, as the message tells; 0 for a pass."""
    if verdict.passed:
        return 0
    told = re.search(r"; (\d+) of \d+ cases fail", verdict.message)
    assert told, verdict.message
    return int(told[1])


def is_settled(exercise, verdicts):
    """Do a few seeds decide?

    A pass does where nothing is judged by a threshold. A failure does where at least two cases fail on every seed: an
    answer that passes on one seed in a hundred, because all cases miss it at once, mostly has fewer on one of ten.
    """
    if all(verdict.passed for verdict in verdicts):
        spec = load_cases(exercise)
        return not any(case.judge for case in spec.cases(np.random.default_rng(0)))
    return min(map(failing, verdicts)) >= 2


def verdicts(exercise, functions):
    """Judge on every seed that can matter; on a few where each takes seconds, because the answer is trained."""

    def on(seeds):
        return [run_check(exercise, tuple(functions.values()), seed) for seed in seeds]

    if hasattr(load_cases(exercise), "SECONDS"):
        return on(TRAINING_SEEDS)
    found = on(FEW)
    return found if is_settled(exercise, found) and not THOROUGH else found + on(SEEDS[len(FEW) :])


def test_every_exercise_of_every_assignment_has_cases():
    assert sorted(name for names in assignments().values() for name in names) == list(exercises())


@each_exercise
def test_the_library_is_large_enough(exercise):
    assert len(answers(exercise, "wrong")) >= 8
    assert len(answers(exercise, "right")) >= 4


@each_exercise
def test_the_solution_passes(exercise):
    for verdict in verdicts(exercise, solution_functions(exercise)):
        assert verdict.passed, verdict.message
        assert not verdict.notes


@each_exercise
def test_the_untouched_release_fails_and_says_why(exercise):
    def unwritten(*_):
        raise NotImplementedError

    functions = {**solution_functions(exercise), load_cases(exercise).FUNCTIONS[-1]: unwritten}
    verdict = run_check(exercise, tuple(functions.values()))
    assert not verdict.passed
    assert verdict.diagnosis == "not-implemented"
    assert "not written yet" in verdict.message


@pytest.mark.parametrize(("exercise", "answer"), WRONG, ids=label)
def test_a_wrong_answer_fails_with_its_diagnosis(exercise, answer):
    functions = answer.functions(solution_functions(exercise))
    for seed, verdict in enumerate(verdicts(exercise, functions)):
        assert not verdict.passed, f"passed with seed {seed}"
        assert verdict.diagnosis == answer.diagnosis, f"seed {seed}: {verdict.message}"
        assert verdict.share == answer.share, f"seed {seed}: {verdict.message}"


@pytest.mark.parametrize(("exercise", "answer"), RIGHT, ids=label)
def test_a_right_answer_in_another_style_passes(exercise, answer):
    functions = answer.functions(solution_functions(exercise))
    for seed, verdict in enumerate(verdicts(exercise, functions)):
        assert verdict.passed, f"seed {seed}: {verdict.message}"


@each_exercise
def test_messages_name_a_label_and_a_page_that_exist(exercise):
    import importlib

    spec = importlib.import_module(f"autograder.cases.{exercise}.cases")
    page = ROOT.parents[1] / "book" / f"{spec.PAGE}.md"
    assert page.is_file()
    assert re.search(rf"^:label: {re.escape(spec.EQUATION)}$", page.read_text(), flags=re.M), (spec.EQUATION, spec.PAGE)


@each_exercise
def test_where_an_exercise_trains_no_function_of_the_notebook_judges_what_it_returns(exercise):
    spec = load_cases(exercise)
    assert not hasattr(spec, "SECONDS") or (exercise,) == spec.FUNCTIONS


def test_what_needs_no_torch_does_not_import_it():
    code = """
import sys
import autograder
from autograder.checks import run_check
from autograder.checks.solutions import solution_functions
for exercise in ("rnn_step", "rnn_backward"):
    assert run_check(exercise, tuple(solution_functions(exercise).values())).passed
assert "torch" not in sys.modules
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
