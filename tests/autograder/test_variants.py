"""Does a verdict hang by the seed? Right answers, rewritten by rule, over three seeds; with THOROUGH=1 over 200."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from autograder.checks import run_check
from autograder.checks.demands import DEMANDS
from autograder.checks.known_answers import exercises, load_cases
from autograder.checks.solutions import solution_functions, solution_text
from autograder.quality import variants as module
from autograder.quality.rules import RULES
from autograder.quality.variants import NOT_RIGHT, Judged, Variant, judge, trains, variants, wired

THOROUGH = bool(os.environ.get("THOROUGH"))
SEEDS = range(200) if THOROUGH else range(3)
TRIED = [exercise for exercise in exercises() if not trains(exercise)]


def of(exercise, answer, rule):
    """Return one variant."""
    (found,) = [one for one in variants(exercise) if (one.answer, one.rule) == (answer, rule)]
    return found


@pytest.mark.parametrize("exercise", TRIED)
def test_no_verdict_hangs_by_the_seed_and_no_right_answer_is_refused(exercise):
    some = [one for one in variants(exercise) if THOROUGH or one.answer == "solution"]
    wrong = {str(one.variant): one.verdicts for one in judge(some, SEEDS) if one.kind in ("mixed", "refused")}
    assert wrong == {}


@pytest.mark.parametrize("exercise", TRIED)
def test_what_has_been_data_on_the_way_is_judged_as_at_home(exercise):
    packed = [one for one in variants(exercise) if one.answer == "solution" and one.rule.startswith("as ")]
    for one in packed if THOROUGH else packed[-1:]:
        functions = one.functions()
        if not isinstance(functions[-1], type) and exercise != "gradcheck":  # which is given functions of ours
            assert run_check(exercise, wired(functions)).share == run_check(exercise, functions).share, one


def test_every_rule_changes_something_and_names_demands_that_there_are():
    made = {one.rule for exercise in exercises() for one in variants(exercise)}
    assert made == {rule.name for rule in RULES} | {"as it is"}
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert {name for rule in RULES for name in rule.may_lose} <= {demand.name for demand in DEMANDS}


def test_what_is_not_right_is_there_to_be_left_out_and_has_a_reason(monkeypatch):
    monkeypatch.setattr(module, "NOT_RIGHT", {})
    for pattern, reason in NOT_RIGHT.items():
        exercise = pattern.split(",")[0]
        kept = {f"{exercise}, {one}" for one in variants.__wrapped__(exercise)}
        assert any(module.re.fullmatch(pattern, name) for name in kept), f"leaves nothing out: {pattern}"
        assert len(reason.split()) >= 5


@pytest.mark.parametrize("exercise", ["rnn_step", "lstm_step", "token_nll", "rnn_backward", "clip_by_norm"])
def test_a_variant_is_another_text_than_the_solution_and_defines_the_function(exercise):
    texts = [one.text for one in variants(exercise)]
    assert len(set(texts)) == len(texts) and sum(solution_text(exercise) in text for text in texts) == 1
    for one in variants(exercise):
        assert one.rule == "as it is" or one.functions()[-1] is not solution_functions(exercise)[exercise]


@pytest.mark.parametrize(
    ("rule", "there", "gone"),
    [
        ("tanh from exp(-2z)", "own_tanh(", "np.tanh("),
        ("einsum", "own_product(x, V.T)", "@"),
        ("squeezed", "return packed((h_next, (x, h, h_next, V, W)), (True, False))", "return (h_next"),
        ("float32 inside", "W = cast(W)", "nothing"),
    ],
)
def test_a_rule_makes_the_change_that_it_names(rule, there, gone):
    text = of("rnn_step", "solution", rule).text
    assert there in text and gone not in text


def test_a_sigmoid_is_found_in_other_words_and_a_shift_is_left_out():
    assert "own_sigmoid(a[q])" in of("lstm_step", "solution", "sigmoid from exp(a)").text
    text = of("seq2seq_nll", "solution", "softmax without a shift").text
    assert "without(logits.max(" in text
    (logp,) = [
        one.text for one in variants("token_nll") if one.rule == "logarithm of the softmax" and one.answer == "solution"
    ]
    assert "np.log(np.exp(shifted) / np.exp(shifted).sum(axis=-1, keepdims=True))" in logp


def test_a_function_inside_and_a_lambda_return_what_they_did():
    text = "def f(x):\n    def g(y):\n        return y\n    h = lambda z: z\n    return g(x) + h(x)\n"
    (rule,) = [rule for rule in RULES if rule.name == "squeezed"]
    changed = rule.rewritten(text, "f", load_cases("embed_backward").CONTRACT)
    assert changed is not None and "return y\n" in changed and "packed(g(x) + h(x), (True,))" in changed


def made(text, may_lose=()):
    return Variant("rnn_step", "solution", "a rule", f"def rnn_step(x, h, V, W, b):\n{text}\n", may_lose)


RIGHT = "    h_next = np.tanh(x @ V.T + h @ W.T + b)\n    "


@pytest.mark.parametrize(
    ("text", "may_lose", "kind"),
    [
        ("return h_next, None", (), "full"),
        ("return np.squeeze(h_next), None", ("sizes of 1",), "demand"),
        ("return np.squeeze(h_next), None", (), "refused"),
        ("return -h_next, None", ("sizes of 1",), "refused"),
        ("return h_next if x.size > 1 else 0 * h_next + 2, None", (), "refused"),
        ("return h_next + (abs(x).max() > 7.5), None", (), "mixed"),
    ],
)
def test_a_mixed_verdict_is_seen_and_a_refused_one_and_one_that_loses_a_demand(text, may_lose, kind):
    (one,) = judge([made(RIGHT + text, may_lose)], range(20))
    assert one.kind == kind, one.verdicts


def test_the_same_share_for_another_reason_is_mixed():
    one = Judged(made(RIGHT), {(0.9, ("sizes of 1",)): 3, (0.9, ("large numbers",)): 1})
    assert one.kind == "mixed"


def test_containers_of_other_kinds_cross_over_as_the_plain_ones_they_are():
    from array import array
    from collections import OrderedDict, defaultdict, deque, namedtuple

    pair = namedtuple("pair", "a b")
    made = defaultdict(float, {"W": np.ones(2)})
    values = [OrderedDict(V=1.0), made, pair(1, 2), deque([1, 2]), range(3), array("d", [1.5]), [np.str_("a")]]
    (function,) = wired([lambda: values])
    got = function()
    assert [type(one).__mro__[-2] for one in got] == [dict, dict, tuple, list, list, list, list]
    assert got[0] == {"V": 1.0} and got[2] == (1, 2) and got[4] == [0, 1, 2] and type(got[6][0]) is str


def test_nothing_of_a_students_class_runs_on_the_way():
    class Trap(dict):
        def items(self):
            raise RuntimeError

        keys = __iter__ = __len__ = items

    class Text(str):
        def __str__(self):
            raise RuntimeError

    (function,) = wired([lambda: (Trap(a=1), Text("b"))])
    assert function() == ({"a": 1}, "b")


def test_the_command_goes_on_where_it_was_stopped_and_says_what_it_found(tmp_path, monkeypatch):
    file = tmp_path / "variants.json"
    command = [sys.executable, "-m", "autograder.quality", "variants", "--seeds", "2", "--json", str(file)]
    done = subprocess.run([*command, "--exercise", "embed_backward"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "embed_backward" in done.stdout + done.stderr and "0 mixed, 0 refused" in done.stdout
    row = json.loads(file.read_text())["exercises"][0]
    assert row["variants"] == row["full"] + row["demand"] > 10 and row["seeds"] == 2

    tried = []
    monkeypatch.setattr(module, "measure", lambda name, seeds, tick: tried.append(name) or {**row, "exercise": name})
    arguments = ["--seeds", "2", "--json", str(file), "--exercise", "embed_backward", "--exercise", "gru_flip"]
    assert module.main(arguments) == 0
    assert tried == ["gru_flip"], "embed_backward was there already"
    assert len(json.loads(file.read_text())["exercises"]) == 2
    assert module.main(["--seeds", "3", *arguments[2:]]) == 0
    assert tried == ["gru_flip", "embed_backward", "gru_flip"], "more seeds are another question"


def test_an_exception_is_judged_by_its_kind_and_not_by_a_word():
    for raises, passes in (
        ("FloatingPointError('x')", True),
        ("Own('x')", True),
        ("ValueError('FloatingPointError')", False),
    ):
        text = solution_text("clip_by_norm").replace('FloatingPointError("a gradient is NaN or infinite")', raises)
        text = f"class Own(FloatingPointError):\n    pass\n\n\n{text}"
        verdict = run_check("clip_by_norm", Variant("clip_by_norm", "solution", "a rule", text).functions())
        assert raises in text and verdict.passed is passes, raises
