"""What the judge of `delay_line` says of weights that are wrong, and that it runs no network without end."""

import numpy as np
import pytest

from autograder.cases.delay_line.cases import MOST, Judge, one
from autograder.checks.solutions import solution_functions

K, LEAST = 3, 0.5


def judged(change):
    found = dict(zip("VWbu", solution_functions("delay_line")["delay_line"](K, LEAST)))
    change(found)
    judge = one("", np.random.default_rng(0), K, LEAST).judge
    assert isinstance(judge, Judge)
    return judge(found)


def test_right_weights_are_right():
    assert judged(lambda found: None) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.update(u=-f["u"]), "The sign is always the opposite."),
        (lambda f: f.update(u=np.roll(f["u"], -1)), "y has the sign of the signal 2 steps before, at every step."),
        (lambda f: f.update(u=0.5 * f["u"]), "The sign is always right; the size of y goes from 0.50 to 0.50."),
        (lambda f: f.update(u=np.full(K + 1, np.nan)), "the readout is not finite"),
        (lambda f: f.update(b=np.zeros(MOST + 1)), f"there are {MOST + 1} units"),
    ],
)
def test_wrong_weights_are_told_by_what_they_do(change, words):
    told = judged(change)
    assert told is not None and words in told
