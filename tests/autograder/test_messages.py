"""Wrong answers in other people's styles: does the message say what is wrong, where, and in English?"""

import re

import nbformat
import numpy as np
import pytest

import tests.autograder.natural_failures  # noqa: F401  (adds its answers)
from autograder.build import source_notebook
from autograder.checks import run_check
from autograder.checks.relations import relation
from autograder.checks.run import drawn
from autograder.checks.solutions import SOLUTIONS
from autograder.checks.verdict import Difference, FailedCase, Note, Verdict
from autograder.checks.words import difference, message, note
from autograder.judge import grade_notebook
from autograder.sandbox import Limits
from autograder.sandbox.bubblewrap import available
from tests.autograder.natural_answers import ANSWERS

VERDICTS = {}


def verdict_on(answer):
    """Return the verdict on one of the answers, reached once."""
    if answer.name not in VERDICTS:
        VERDICTS[answer.name] = run_check(answer.exercise, answer.functions())
    return VERDICTS[answer.name]


def label(answer):
    return f"{answer.exercise}-{answer.name}"


each_answer = pytest.mark.parametrize("answer", ANSWERS, ids=label)


@each_answer
def test_the_message_names_what_it_has_to_name(answer):
    verdict = verdict_on(answer)
    assert not verdict.passed
    for words in answer.words:
        assert words in verdict.message, verdict.message
    first, error = verdict.places[0] if verdict.places else None, verdict.error
    for name, value in answer.seen.items():
        of = verdict if name == "diagnosis" else error if name in ("type", "where") else first
        assert getattr(of, {"where": "function"}.get(name, name)) == value, (name, verdict.message)


def is_named(verdict):
    """Is there a mistake, an output and a place, a relation, or a line of the student's?"""
    if verdict.known or verdict.diagnosis == "changes-argument":
        return True
    if verdict.error is not None:
        return bool(verdict.error.line)
    (first, *_) = verdict.places
    return bool((first.output and (first.kind != "value" or first.relation or first.index)) or first.hint)


def test_nine_of_ten_are_named():
    named = [is_named(verdict_on(answer)) for answer in ANSWERS]
    assert len(named) >= 40 and sum(named) >= 0.9 * len(named)


ODD = {
    "a word twice": r"\b(\w{2,}) \1\b",
    "an article before a vowel": r"\ba [aeio]\w+",
    "a plural of one": r"\b1 \w+s\b",
    "a mark with a space before it": r" [,;:.?!](\s|$)",
    "two marks": r"[.,;:]{2}",
    "an empty bracket": r"\(\)(?! (takes|missing|got))",
    "a long number": r"\d\.\d{3}",
    "a type's inner name": r"\b(ndarray|str\d+|NoneType|float64)\b",
}


@each_answer
@pytest.mark.parametrize("what", ODD)
def test_the_message_is_english(answer, what):
    told = "\n".join(line for line in verdict_on(answer).message.splitlines() if not line.startswith("Called"))
    assert not re.search(ODD[what], told.partition(", line ")[0]), told


@each_answer
def test_no_expected_number_is_told(answer):
    verdict = verdict_on(answer)
    assert verdict.case
    case = drawn(answer.exercise, 0)[verdict.case.number - 1]
    numbers = re.findall(r"\d+\.\d+", verdict.message)
    for want in case.expected.values():
        values = np.asarray(want, dtype=float).ravel()
        shown = {f"{abs(value):.{digits}g}" for value in values for digits in (3, 4, 6)}
        assert not shown & {number for number in numbers if len(number.replace(".", "").lstrip("0")) > 2}


STRANGE = {
    "rnn_step": ("return {'h_next': h}", "a dict came back; two results are expected"),
    "rnn_forward": ("return np.array([None, h0], dtype=object), None", "hs is an array of objects"),
    "rnn_forward_masked": ("return (h for h in x)", "a generator came back; two results are expected"),
    "embed_backward": ("return {1, 2}", "dE is a set; an array of numbers of shape (7, 4) is expected"),
    "delay_line": ("import sys; sys.exit(3)", "SystemExit: 3: the function asked Python to end"),
}


@pytest.mark.skipif(available() is None, reason="bubblewrap is not installed")
def test_what_comes_out_of_the_sandbox_is_told_by_the_same_words():
    source, answered = (source_notebook(SOLUTIONS / "ch01_rnn.py") for _ in range(2))
    for cell in answered.cells:
        if cell.id in STRANGE:
            head = next(line for line in cell.source.splitlines() if line.startswith("def "))
            cell.source = f"{head}\n    {STRANGE[cell.id][0]}"
    limits = Limits(start=600, cell=300, call=300, test=600, total=3000)
    graded = grade_notebook(nbformat.writes(answered).encode(), source, 0, limits)
    assert [verdict.exercise for verdict in graded.verdicts] == list(STRANGE)
    for verdict in graded.verdicts:
        scope: dict = {"np": np}
        exec(next(cell.source for cell in answered.cells if cell.id == verdict.exercise), scope)
        at_home = run_check(verdict.exercise, (scope[verdict.exercise],))
        for told in (verdict.message, at_home.message):
            assert STRANGE[verdict.exercise][1] in told


# -- relations, one by one --------------------------------------------------------------------------------------

T, B, H = 5, 3, 4
WANT = np.random.default_rng(0).normal(size=(T, B, H))
SIZES = {"T": T, "B": B, "H": H}
OTHER = {"dh": np.random.default_rng(1).normal(size=(T, B, H)), "count": np.array(7)}


def changed(change):
    got = WANT.copy()
    change(got)
    return got


RELATED = {
    "zero": 0 * WANT,
    "whole": WANT.astype(int),
    "complex": WANT + 1j,
    "rounded": np.round(WANT, 4),
    "factor -1": -WANT,
    "factor 2": 2 * WANT,
    "factor 0.5": WANT / 2,
    "factor 1.7": 1.7 * WANT,
    "factor T": T * WANT,
    "factor 1/T": WANT / T,
    "factor -1/T": -WANT / T,
    "factor B": B * WANT,
    "factor 1/T*B": WANT / T / B,
    "factor 1/count": WANT / 7,
    "output dh": OTHER["dh"],
    "reversed": WANT[::-1],
    "late": np.concatenate([0 * WANT[:1], WANT[:-1]]),
    "early": np.concatenate([WANT[1:], 0 * WANT[:1]]),
    "from T": changed(lambda got: np.copyto(got[1:], got[1:] ** 2 + 1)),
    "until T": changed(lambda got: np.copyto(got[:-1], got[:-1] ** 2 + 1)),
    "row": WANT[:, [1, 0, 2]],
    "one row": WANT[:, [1, 1, 1]],
    "from B": changed(lambda got: np.copyto(got[:, 1:], got[:, 1:] ** 2 + 1)),
    "": WANT**2,
}


@pytest.mark.parametrize("name", RELATED)
def test_a_simple_relation_is_found_and_told(name):
    got = RELATED[name]
    assert relation(got, WANT, "TBH", SIZES, OTHER) == name
    told = difference(Difference("hs", "value", want=WANT.shape, index=(0, 0, 0), axes="TBH", relation=name, error=1.0))
    assert told.startswith("hs ") and told[-1] in ".?"


def test_a_transposed_matrix_is_told_and_not_taken_for_another():
    W = WANT[:4, 0]
    assert relation(W.T, W, "HH", SIZES, {}) == "transposed"
    assert relation(W, W.T.copy(), "HH", SIZES, {"dV": W}) == "transposed"


@pytest.mark.parametrize(
    ("got", "found"),
    [
        (-2.5, "factor -1"),
        (2.5 * T, "factor T"),
        (2.5 / 7, "factor 1/count"),
        (0.8, "less"),
        (9, "more"),
        (0.0, "zero"),
    ],
)
def test_of_one_number_only_what_says_something_is_told(got, found):
    assert relation(np.array(got), np.array(2.5), "", SIZES, OTHER) == found


# -- words, one by one ------------------------------------------------------------------------------------------


def test_a_place_is_told_by_the_names_of_its_axes():
    place = Difference("hs", "value", None, (5, 3, 6), "", (3, 0, 2), "TBH", 7, 90, 0.0123)
    where = "at time step 3, batch row 0 and unit 2 (counted from 0)"
    assert difference(place) == f"hs is wrong in 7 of 90 entries, first {where}; the largest relative error is 0.012."


@pytest.mark.parametrize(
    ("error", "told"), [(0.5, "0.5"), (123.4, "123"), (54.2, "54"), (2e9, "2e+09"), ("inf", "inf")]
)
def test_errors_are_told_as_numbers_that_one_can_read(error, told):
    place = Difference("total", "value", want=(), error=error)
    assert difference(place) == f"total is off by a relative error of {told}."


@pytest.mark.parametrize(
    ("index", "axes", "told"),
    [
        ((3,), "", "at entry 3"),
        ((3,), "B", "at batch row 3"),
        ((3, 1), "", "at row 3 and column 1"),
        ((3, 1), "HD", "at row 3 and column 1"),
        ((3, 1), "BH", "at batch row 3 and unit 1"),
        ((3, 1, 2), "", "at index (3, 1, 2)"),
        ((3, 1, 2, 0), "BHHH", "at batch row 3 and the entry (1, 2, 0) of what is left"),
    ],
)
def test_a_place_without_names_is_told_by_numbers(index, axes, told):
    place = Difference("a", "value", index=index, axes=axes, wrong=1, of=9)  # whole numbers have no relative error
    assert difference(place) == f"a is wrong in 1 of 9 entries, first {told} (counted from 0)."


def test_two_faults_of_one_output_are_both_told_and_named_once():
    places = (Difference("P", "missing", ("b_i",)), Difference("P", "extra", ("bi",)))
    verdict = Verdict("unpack", case=FailedCase(1, "one unit"), cases=2, failed_cases=2, places=places)
    assert "P lacks the key b_i.\nP has more than it should: the key bi." in verdict.message


def test_singular_and_plural():
    assert difference(Difference("dP", "missing", ("W_i", "b_i", "b_f"))) == "dP lacks the keys W_i, b_i and b_f."
    one = Verdict("rnn_step", case=FailedCase(2, "one unit"), cases=13, failed_cases=1)
    assert "(case 2; 1 of 13 cases fails)" in one.message
    assert note(Note("changed", ("x of f", "h of f"))).startswith("x of f and h of f were changed in place.")
    assert message(Verdict("train_lm", share=1.0, cases=1)) == "train_lm: right."


def test_a_result_of_another_function_is_said_to_be_its_own():
    def forward(x, h0, V, W, b):
        return x

    verdict = run_check("rnn_backward", (forward, lambda dhs, cache: None))
    assert "one array of shape (5, 3, 4) came back from rnn_forward; two results are expected" in verdict.message
    assert verdict.blamed == ()
