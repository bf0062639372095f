"""Is the grader right? Every exercise's known answers, over 100 seeds, and every mechanical mutant of its solution."""

import re
import subprocess
import sys

import pytest

from autograder.checks import run_check
from autograder.checks.library import ROOT, answers, exercises, load_cases
from autograder.checks.solutions import assignments, solution_functions

SEEDS, TRAINING_SEEDS = range(100), range(5)
WRONG = [(e, a) for e in exercises() for a in answers(e, "wrong")]
RIGHT = [(e, a) for e in exercises() for a in answers(e, "right")]
each_exercise = pytest.mark.parametrize("exercise", exercises())


def label(value):
    return value if isinstance(value, str) else value.name


def verdicts(exercise, functions):
    """On every seed; on a few where each takes seconds, because the answer is trained."""
    seeds = TRAINING_SEEDS if hasattr(load_cases(exercise), "SECONDS") else SEEDS
    return [run_check(exercise, tuple(functions.values()), seed) for seed in seeds]


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


def test_a_score_better_than_the_source_itself_is_an_alarm():
    (peeking,) = [answer for answer in answers("train_lm", "wrong") if answer.name == "wrong_identity"]
    verdict = run_check("train_lm", tuple(peeking.functions(solution_functions("train_lm")).values()))
    assert not verdict.passed and "score better than their own source does" in verdict.message


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
