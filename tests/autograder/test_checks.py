"""The checks themselves: what they call, what they compare, and what they tell a student."""

import json
import pickle
from dataclasses import asdict

import numpy as np
import pytest

from autograder import CheckFailed, check
from autograder.checks import run_check
from autograder.checks.calls import call
from autograder.checks.compare import compare
from autograder.checks.solutions import solution_functions
from autograder.checks.verdict import Note, Verdict
from autograder.checks.words import raised


def right(x, h, V, W, b):
    return np.tanh(x @ V.T + h @ W.T + b), None


def message(function):
    with pytest.raises(CheckFailed) as caught:
        check("rnn_step", function)
    return str(caught.value)


def test_a_right_answer_gets_one_line(capsys):
    check("rnn_step", right)
    shown = capsys.readouterr()
    assert shown.out.splitlines()[0] == "rnn_step: right, in all 13 cases."
    assert shown.err == ""


def test_a_failure_names_call_shapes_place_equation_and_mistake():
    text = message(lambda x, h, V, W, b: (np.tanh(x @ V.T + h @ W + b), None))
    for part in [
        "rnn_step((3, 4), (3, 6)",
        "batch row 0 and unit 0",
        "equation (1.1)",
        "“One step”",
        "A known mistake",
    ]:
        assert part in text


def test_a_failure_shows_no_expected_number():
    text = message(lambda x, h, V, W, b: (np.zeros_like(h), None))
    seen = []

    def spy(x, h, V, W, b):
        seen.append(right(x, h, V, W, b)[0])
        return right(x, h, V, W, b)

    run_check("rnn_step", (spy,))
    for value in seen[0].ravel():
        assert f"{value:.9f}"[:6] not in text


@pytest.mark.parametrize(
    ("function", "diagnosis", "words"),
    [
        (lambda x, h, V, W, b: None, "returns-none", "None came back"),
        (lambda x, h, V, W, b: right(x, h, V, W, b)[0], "wrong-results", "two results are expected"),
        (lambda x, h, V, W, b: (None, None), "returns-none", "is None"),
        (lambda x, h, V, W, b: (right(x, h, V, W, b)[0].T, None), "wrong-shape", "transpose"),
        (lambda x, h, V, W, b: (right(x, h, V, W, b)[0].ravel(), None), "wrong-shape", "only the shape"),
        (lambda x, h, V, W, b: (right(x, h, V, W, b)[0] * np.nan, None), "not-finite", "NaN"),
        (lambda x, h, V, W, b: (["a"] * 3, None), "wrong-type", "numbers"),
        (lambda x, h, V, W, b: 1 / 0, "raises", "ZeroDivisionError"),
    ],
)
def test_failures_that_any_exercise_can_have_get_their_own_words(function, diagnosis, words):
    verdict = run_check("rnn_step", (function,))
    assert not verdict.passed
    assert verdict.diagnosis == diagnosis
    assert words in verdict.message


def test_a_wrong_forward_pass_is_blamed_when_the_backward_pass_is_its_exact_gradient():
    def forward(x, h, V, W, b):  # a leaky step that nobody asked for
        h_next = np.tanh(x @ V.T + h @ W.T + b)
        return 0.5 * h + 0.5 * h_next, (x, h, h_next, V, W)

    def backward(dh_next, cache):
        x, h, h_next, V, W = cache
        dz = 0.5 * dh_next * (1 - h_next**2)
        return dz @ V, dz @ W + 0.5 * dh_next, dz.T @ x, dz.T @ h, dz.sum(axis=0)

    verdict = run_check("rnn_step_backward", (forward, backward))
    assert verdict.diagnosis == "wrong-forward"
    assert verdict.blamed == ("rnn_step", "")
    assert verdict.message.startswith(
        "Your rnn_step, which rnn_step_backward goes back through, is not right itself: mend it first.\n"
    )


def test_a_failure_says_how_many_cases_fail():
    def only_one(x, h, V, W, b):
        h_next, cache = right(x, h, V, W, b)
        return (h_next + 1 if x.shape == (1, 1) else h_next), cache

    verdict = run_check("rnn_step", (only_one,))
    assert "all sizes 1 (case 5; 1 of" in verdict.message


def test_an_answer_that_remembers_is_caught():
    calls = []

    def remembers(x, h, V, W, b):
        calls.append(x)
        h_next, cache = right(x, h, V, W, b)
        return (h_next if len(calls) < 12 else h_next + 1), cache

    assert run_check("rnn_step", (remembers,)).diagnosis == "remembers-calls"


def test_an_answer_that_raises_each_time_does_not_remember():
    def wrong_and_raises(x, h, V, W, b):
        return right(x, h, V, W, b)[0] * 1.37 / (len(x) > 1 or 1 // 0), None

    verdict = run_check("rnn_step", (wrong_and_raises,))
    assert not verdict.passed and verdict.diagnosis is None and "second call" not in verdict.message


def test_a_changed_argument_is_a_note_and_not_an_error():
    def in_place(x, h, V, W, b):
        h_next, cache = right(x, h, V, W, b)
        if x.flags.writeable:
            x += 1
        return h_next, cache

    verdict = run_check("rnn_step", (in_place,))
    assert verdict.passed and verdict.notes == (Note("changed", ("x of rnn_step",)),)
    assert verdict.message.startswith("Note: x of rnn_step was changed in place. No points are lost")


def test_the_global_random_state_is_guarded():
    def draws(x, h, V, W, b):
        np.random.normal()  # noqa: NPY002
        return right(x, h, V, W, b)

    assert Note("random") in run_check("rnn_step", (draws,)).notes


def test_equal_seeds_give_equal_cases_and_other_seeds_others():
    def record(log):
        def spy(x, h, V, W, b):
            log.append(float(x.sum()))
            return right(x, h, V, W, b)

        return spy

    logs = [[], [], []]
    for log, seed in zip(logs, [5, 5, 6]):
        run_check("rnn_step", (record(log),), seed)
    assert logs[0] == logs[1] != logs[2]


def test_calls_are_on_fresh_copies_that_keep_layout_and_protection():
    frozen = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    frozen.flags.writeable = False
    seen = call(lambda array: (array is frozen, array.flags.f_contiguous, array.flags.writeable), (frozen,)).value
    assert seen == (False, True, False)


def test_an_error_is_told_with_the_students_line():
    def fails(x):
        return len(x) + 1

    error = call(fails, (1,)).error
    where = f"line {fails.__code__.co_firstlineno + 1}: return len(x) + 1"
    assert error and raised(error) == f"TypeError: object of type 'int' has no len(), in fails, {where}"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("def f(x):\n    return x + nothing", "NameError: name 'nothing' is not defined, in f, line 2"),
        ("def f(x):\n    raise TypeError", "TypeError, in f, line 2"),
        ("def f(x):\n    raise NotImplementedError", "f is not written yet (line 2)."),
        ("def f(x):\n    raise NotImplementedError('later')", "NotImplementedError: later, in f, line 2"),
        (
            "import json\ndef f(x):\n    json.loads('')",
            "JSONDecodeError: Expecting value: line 1 column 1 (char 0), in f, line 3",
        ),
        ("class Rude(Exception):\n    def __str__(self): raise self\ndef f(x):\n    raise Rude", "Rude, in f, line 4"),
    ],
)
def test_an_error_without_words_or_source_has_no_empty_places(source, told):
    scope = {}
    exec(compile(source, "cell f", "exec"), scope)
    error = call(scope["f"], (1,)).error
    assert error and raised(error) == told


def test_a_function_that_is_not_written_yet_is_told_first_and_shortly():
    def rnn_step(x, h, V, W, b):
        raise NotImplementedError

    verdict = run_check("rnn_step", (rnn_step,))
    line = rnn_step.__code__.co_firstlineno + 1
    assert verdict.message == (f"rnn_step is not written yet (line {line}).\nReread equation (1.1) in “One step”.")
    assert verdict.case
    assert (verdict.diagnosis, verdict.case.number, verdict.failed_cases) == ("not-implemented", 1, verdict.cases)


def test_a_verdict_crosses_as_json_and_says_the_same():
    for function in (
        right,
        lambda x, h, V, W, b: None,
        lambda x, h, V, W, b: right(x, h, V, W.T, b),
        lambda x, h, V, W, b: 1 / 0,
        lambda x, h, V, W, b: (np.inf * h, None),
    ):
        verdict = run_check("rnn_step", (function,))
        text = json.dumps(asdict(verdict), allow_nan=False)
        assert Verdict.of_data(json.loads(text)) == verdict
        assert Verdict.of_data(json.loads(text)).message == verdict.message
    failed = pickle.loads(pickle.dumps(CheckFailed(verdict)))
    assert failed.verdict == verdict and str(failed).startswith(verdict.message)


def test_all_outputs_of_the_failed_case_that_differ_are_on_record():
    def backward(dh_next, cache):
        return [grad + 1 for grad in solution_functions("rnn_step_backward")["rnn_step_backward"](dh_next, cache)]

    verdict = run_check("rnn_step_backward", (solution_functions("rnn_step_backward")["rnn_step"], backward))
    first = verdict.places[0]
    assert len(verdict.places) == 5 and len({place.output for place in verdict.places}) == 5
    assert (first.kind, first.index, first.wrong) == ("value", (0, 0), first.of)
    assert isinstance(first.error, float) and first.error > 0
    assert f"What was seen: {first.output} is wrong in every entry, first at batch row 0 and input 0" in verdict.message


def test_compare_measures_relative_to_the_largest_entry():
    want = np.array([1.0, 1e-12])
    assert compare("a", want + np.array([0, 1e-6]), want) is None
    place = compare("a", want + np.array([0, 1e-4]), want)
    assert place and place.kind == "value"
    assert compare("a", 3.0, np.array(3.0)) is None
    assert compare("a", np.inf, np.inf) is None


def test_unknown_exercises_and_wrong_counts_are_named():
    with pytest.raises(ValueError, match=r"rnn_stop.*rnn_step"):
        check("rnn_stop", right)
    with pytest.raises(ValueError, match="got 2, expected 1"):
        check("rnn_step", right, right)
