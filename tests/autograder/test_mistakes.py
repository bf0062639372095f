"""Wrong answers as edits of the solution: what is misspelt is an error that says where."""

import re

import pytest

from autograder.checks.known_answers import answers, exercises, read_mistakes
from autograder.checks.solutions import solution_functions, solution_text


def test_an_edit_is_the_solution_with_one_text_in_the_place_of_another():
    (answer,) = read_mistakes("rnn_step", 'no_bias = ["There is no bias.", " + b)", ")"]')
    assert (answer.name, answer.summary, answer.diagnosis, answer.share) == (
        "wrong_no_bias",
        "There is no bias.",
        "wrong_no_bias",
        0.0,
    )
    assert answer.text == solution_text("rnn_step").replace(" + b)", ")")
    assert "SOLUTION" not in answer.text
    assert "rnn_step" in answer.functions(solution_functions("rnn_step"))


def test_all_edits_are_of_the_solution_as_it_is():
    (answer,) = read_mistakes("rnn_step", 'swapped = ["V and W are swapped.", "V.T", "W.T", "W.T", "V.T"]')
    assert "x @ W.T + h @ V.T" in answer.text


def test_a_diagnosis_and_a_share_may_follow():
    (answer,) = read_mistakes("rnn_step", 'a = ["Said.", "V.T", "V", { diagnosis = "raises", share = 0.4 }]')
    assert (answer.diagnosis, answer.share) == ("raises", 0.4)


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        ('"U.T", "U"', "rnn_step, wrong_a: found 0 times in the solution, expected exactly once: 'U.T'"),
        ('".T", ""', "rnn_step, wrong_a: found 2 times in the solution, expected exactly once: '.T'"),
        ('"V.T", "V", "x @ V", "V"', "rnn_step, wrong_a: got texts that overlap"),
        ('"V.T", "V", "V.T", "W"', "rnn_step, wrong_a: got texts that overlap"),
    ],
)
def test_a_text_that_the_solution_does_not_have_once_is_named(edits, message):
    (answer,) = read_mistakes("rnn_step", f'a = ["Said.", {edits}]')
    with pytest.raises(ValueError, match=re.escape(message)):
        answer.functions(solution_functions("rnn_step"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('a = ["", "V.T", "V"]', "wrong_a: got an empty sentence"),
        ('a = ["Said.", "V.T"]', "wrong_a: got ['Said.', 'V.T'], expected a sentence and pairs of texts"),
        ('a = ["Said."]', "expected a sentence and pairs of texts"),
        ('a = ["Said.", "V.T", 1]', "expected a sentence and pairs of texts"),
        ('a = "Said."', "expected a sentence and pairs of texts"),
        ('a = ["Said.", "", "V"]', "wrong_a: got an empty text to replace"),
        ('a = ["Said.", "V.T", "V", { shar = 0.4 }]', "wrong_a: got shar, expected nothing but diagnosis and share"),
        ('a = ["Said.", "V.T", "V"]\na = ["Said.", "V.T", "W"]', "mistakes.toml: Cannot overwrite a value"),
    ],
)
def test_a_line_that_says_something_else_is_named(text, message):
    with pytest.raises(ValueError, match=r"^rnn_step, ") as caught:
        read_mistakes("rnn_step", text)
    assert message in str(caught.value)


def test_a_mistake_stands_in_one_place(tmp_path, monkeypatch):
    (tmp_path / "rnn_step").mkdir()
    (tmp_path / "rnn_step" / "wrong_a.py").write_text('"""Said."""\n')
    (tmp_path / "rnn_step" / "mistakes.toml").write_text('a = ["Said.", "V.T", "V"]')
    monkeypatch.setattr("autograder.checks.known_answers.ROOT", tmp_path)
    with pytest.raises(ValueError, match=r"rnn_step, wrong_a: got it as a file and in mistakes.toml"):
        answers.__wrapped__("rnn_step", "wrong")


def test_every_known_answer_has_a_text_that_compiles():
    for exercise in exercises():
        for answer in (*answers(exercise, "wrong"), *answers(exercise, "right")):
            compile(answer.text, answer.name, "exec")
