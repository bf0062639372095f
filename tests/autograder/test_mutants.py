"""Mechanical mutants of every solution: each is caught by the cases, or explained, and every explanation is needed."""

import re

import pytest

from autograder.checks.known_answers import exercises, load_cases
from autograder.quality.mutants import explained, mutants, survivors, unexplained

FEWEST = {"last_valid_backward": 11, "clip_by_value": 15}
"""Their solutions are a line or two each: little can be changed."""

QUICK = [exercise for exercise in exercises() if not hasattr(load_cases(exercise), "SECONDS")]
"""Those that train would take hours, and a slightly worse training is not wrong."""


@pytest.mark.parametrize("exercise", QUICK)
def test_no_mutant_survives_without_an_explanation_and_no_explanation_without_a_survivor(exercise):
    made, alive = mutants(exercise), survivors(exercise)
    assert len(made) >= FEWEST.get(exercise, 20)
    assert len(alive) < len(made)
    assert unexplained(exercise, alive) == []
    for pattern, reason in explained(exercise).items():
        assert len(reason.split()) >= 5
        assert any(re.search(pattern, text) for text in alive), f"explains nothing: {pattern}"


def test_the_rules_make_the_changes_they_should():
    made = {mutant.description for mutant in mutants("embed_backward")}
    assert "dropped `np.add.at(dE, ids, dout)`" in made
    assert any(text.startswith("`dout` became `ids`") for text in made)
    assert any(text.startswith("`-1` became") or text.startswith("`1` became") for text in made)
    step = {mutant.description.split(" in ")[0] for mutant in mutants("rnn_step")}
    for text in [
        "`W.T` became `W`",
        "`x @ V.T + h @ W.T + b` became `x @ V.T + h @ W.T`",
        "`x @ V.T + h @ W.T + b` became `x @ V.T + h @ W.T - b`",
        "`h` became `x`",
    ]:
        assert text in step


def test_every_mutant_differs_in_its_text_from_the_solution_and_runs_as_a_function():
    for mutant in mutants("rnn_forward"):
        assert callable(mutant.function) and mutant.function.__code__.co_filename.startswith("<mutant")


def test_a_class_has_mutants_too():
    made = {mutant.description.split(" in ")[0] for mutant in mutants("rnn_module")}
    for text in ["`self.V` became `self.W`", "`self.W.T` became `self.W`", "dropped `hs.append(h)`"]:
        assert text in made
    assert all(isinstance(mutant.function, type) for mutant in mutants("rnn_module"))
