"""An answer that calls another function of the student's own: where that one is wrong, the message says so first."""

import nbformat
import pytest

from autograder import CheckFailed, check
from autograder.build import source_notebook
from autograder.checks import run_check
from autograder.checks.blame import blame, names_in_source
from autograder.checks.solutions import SOLUTIONS, solution_text, surroundings
from autograder.judge import grade_notebook
from autograder.sandbox import Limits
from autograder.sandbox.bubblewrap import available
from autograder.selfcheck import check_notebook

WRONG_STEP = solution_text("lstm_step").replace("= f * C + i * g", "= i * C + f * g")
HELPED = """
def turn(dhs, cache):
    return [rnn_backward(dhs, cache)[3]]


def tbptt(x, h0, V, W, b, dhs, k):
    hs, cache = rnn_forward(x, h0, V, W, b)
    return turn(dhs, cache)[0], hs[-1]
"""
WHY = {
    "lstm_forward": "which lstm_forward calls",
    "lstm_step_backward": "which lstm_step_backward goes back through",
    "lstm_backward": "which lstm_forward calls",
}
FIRST = {exercise: f"Your lstm_step, {why}, is not right itself: mend it first." for exercise, why in WHY.items()}


def failed(exercise, names, scope):
    with pytest.raises(CheckFailed) as caught:
        check(exercise, *(scope[name] for name in names))
    return caught.value.verdict


def own(exercise, *sources):
    """Return the namespace of an assignment whose cells were answered so."""
    scope = dict(surroundings(exercise))
    for source in (solution_text("lstm_forward") if "lstm" in exercise else "", *sources):
        exec(source, scope)
    return scope


def test_in_a_notebook_the_function_that_is_called_is_checked_itself():
    scope = own("lstm_forward", WRONG_STEP)
    verdict = failed("lstm_forward", ["lstm_forward"], scope)
    assert verdict.blamed == ("lstm_step", "lstm_forward")
    assert verdict.message.startswith(FIRST["lstm_forward"] + "\nlstm_forward: not right yet.")
    exec(solution_text("lstm_step"), scope)  # mended
    check("lstm_forward", scope["lstm_forward"])


def test_a_helper_of_ones_own_is_looked_through():
    wrong = solution_text("rnn_backward").replace("carry = dz[t] @ W", "carry = dz[t]")
    verdict = failed("tbptt", ["tbptt"], own("tbptt", wrong, HELPED))
    assert verdict.blamed == ("rnn_backward", "turn")
    assert not failed("tbptt", ["tbptt"], own("tbptt", HELPED)).blamed


def test_a_function_that_fails_at_a_demand_alone_explains_no_plain_failure():
    verdict = run_check("lstm_forward", (lambda *args: None,))
    step = run_check("lstm_step", (lambda *args: None,))
    uses = {"lstm_forward": ["lstm_step"]}
    assert blame(verdict, uses, {"lstm_step": lambda: step}).blamed == ("lstm_step", "lstm_forward")
    for share in (0.9, 1.0):
        other = type(step)("lstm_step", share=share)
        assert not blame(verdict, uses, {"lstm_step": lambda other=other: other}).blamed


def test_what_is_not_written_yet_is_told_alone():
    scope = own("lstm_forward", WRONG_STEP, "def lstm_forward(*args):\n    raise NotImplementedError; lstm_step")
    assert not failed("lstm_forward", ["lstm_forward"], scope).blamed


@pytest.mark.parametrize("source", ["def f(:", "%timeit f()", "\0", "(" * 10**5, "not " * 10**4 + "x", "x\n" * 10**6])
def test_a_cell_that_is_no_plain_python_has_no_names(source):
    assert names_in_source(source) == {}


def notebook(exercises):
    made = source_notebook(SOLUTIONS / "ch04_lstm.py")
    made.cells = [cell for cell in made.cells if cell.id.removesuffix("-check") in {"given-imports", *exercises}]
    return made


def answered(exercises):
    made = notebook(exercises)
    for cell in made.cells:
        if cell.id == "lstm_step":
            cell.source = WRONG_STEP
    return nbformat.writes(made)


def test_in_the_terminal_the_verdicts_before_are_known(tmp_path):
    exercises = ["lstm_step", *FIRST]
    (tmp_path / "mine.ipynb").write_text(answered(exercises))
    verdicts = {verdict.exercise: verdict for verdict in check_notebook(tmp_path / "mine.ipynb")}
    assert list(verdicts) == exercises
    for exercise, verdict in verdicts.items():
        assert verdict.message.splitlines()[0] == FIRST.get(exercise, verdict.message.splitlines()[0])
    assert not verdicts["lstm_step"].blamed and verdicts["lstm_step"].diagnosis == "wrong_input_and_forget_swapped"


@pytest.mark.skipif(available() is None, reason="bubblewrap is not installed")
def test_where_it_is_graded_the_verdicts_before_are_known_and_the_cell_says_so():
    exercises = ["lstm_step", "lstm_forward", "pack"]
    limits = Limits(start=600, cell=300, call=300, test=600, total=3000)
    graded = grade_notebook(answered(exercises).encode(), notebook(exercises), 1, limits)
    step, forward, pack = graded.verdicts
    assert not step.blamed and pack.passed
    assert forward.message.startswith(FIRST["lstm_forward"])
    cell = next(cell for cell in graded.notebook.cells if cell.id == "lstm_forward-check")
    assert cell.outputs[0].evalue == forward.message
    assert tuple(cell.metadata["rnn_course"]["blamed"]) == forward.blamed
