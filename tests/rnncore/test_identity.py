"""The identity of a run: whatever decides its numbers is kept, and a resume that differs is refused in words."""

import functools
import importlib
import inspect
import json
from typing import Any

import numpy as np
import pytest

from rnncore.cells import GRU, LSTM
from rnncore.data.sources import (
    EMBEDDED_REBER,
    EVEN_PROCESS,
    GOLDEN_MEAN,
    MELODIES,
    REVIEWS,
    SCENES,
    STRONG,
    TAGGED,
    Reversal,
)
from rnncore.models import Seq2Seq
from rnncore.tasks import charlm, copy, labelled, music
from rnncore.train import SGD, Adam, AdamW, RMSProp, StepResult, cosine, digest, fit, identity, linear, step_decay
from rnncore.train.checkpoint import load_checkpoint, save_checkpoint
from rnncore.train.identity import SAYS_NOTHING
from rnncore.types import Refused

WORDS, LABELS = [["a", "b"], ["b"], ["a", "a"], ["b", "a"]] * 8, np.arange(32) % 2
TREE = [[("a", "X"), ("b", "Y")], [("b", "Y")]] * 8
PAIRS = [(np.array([1, 0]), np.array([1, 2, 0])), (np.array([0]), np.array([0]))] * 8
PIECES = [np.tile([[65, 60, 57, 53]], (4, 1))]
NAMES = ((["ab", "ba"] * 4, LABELS[:8]), (["ab", "ba"], LABELS[:2]), (["ab", "ba"], LABELS[:2]))
GIVEN: dict[str, dict[str, Any]] = {
    "adding.train": {"cell": "gru"},
    "captions.train": {"source": SCENES},
    "captions.train_own": {"train": [("a", "b")] * 9, "validation": [("a", "b")]},
    "charlm.train_source": {"source": EVEN_PROCESS},
    "charlm.train_text": {"train": "abc " * 900, "validation": "cba " * 90},
    "copy.train": {"cell": "gru"},
    "music.train_chorales": {"train": music.Chorales(PIECES), "valid": music.Chorales(PIECES)},
    "music.train_source": {"source": MELODIES},
    "names.train": {"parts": NAMES, "languages": 2},
    "names.train_source": {"source": STRONG},
    "pixels.train": {},
    "polarity.train_fold": {"sentences": WORDS, "labels": LABELS, "test": np.arange(3)},
    "polarity.train_source": {"source": REVIEWS},
    "tagging.train_source": {"source": TAGGED},
    "tagging.train_treebank": {"train": TREE, "dev": TREE[:2], "steps": 30},
    "translate.train_pairs": {"model": Seq2Seq(3, 4, 2, 2), "train": PAIRS, "validation": PAIRS[:2], "steps": 30},
    "translate.train_source": {"source": Reversal()},
    "wordlm.train_sentences": {"train": TREE, "validation": WORDS[:2]},
    "wordlm.train_source": {"source": EMBEDDED_REBER},
}
"""What each training function must be given."""
OTHER: dict[str, Any] = {
    "cell": "relu",
    "start": "identity",
    "pooling": "mean",
    "device": "torch",
    "attention": "additive",
    "source": GOLDEN_MEAN,
    "train": [["z"]],
    "validation": WORDS,
    "valid": WORDS,
    "dev": WORDS,
    "parts": WORDS,
    "sentences": TREE,
    "labels": 1 - LABELS,
    "test": np.arange(4),
    "model": Seq2Seq(3, 4, 2, 2, LSTM),
}


class Asked(Exception):
    """What `fit` was asked for."""


def functions():
    """Return the training functions of all tasks, found by their names."""
    for task in sorted({name.split(".")[0] for name in GIVEN}):
        module = importlib.import_module(f"rnncore.tasks.{task}")
        for name, function in vars(module).items():
            if (
                name.startswith("train")
                and name != "train_labelled"
                and inspect.isfunction(function)
                and function.__module__ == module.__name__
            ):
                yield f"{task}.{name}", function


FUNCTIONS = dict(functions())
ARGUMENTS = [
    (name, argument)
    for name, function in FUNCTIONS.items()
    for argument in inspect.signature(function).parameters
    if argument not in SAYS_NOTHING
]


def asked(name, **changed):
    """Return the identity that a training function hands to `fit`, JSON and back."""

    def stop(*_, identity, **__):
        raise Asked(json.loads(json.dumps(identity)))

    module = importlib.import_module(f"rnncore.tasks.{name.split('.')[0]}")
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Asked) as found:
        for place in (module, labelled):
            patch.setattr(place, "fit", stop)
        FUNCTIONS[name](**{**GIVEN[name], **changed})
    return found.value.args[0]


@functools.cache
def base(name):
    return asked(name)


def test_all_training_functions_are_known():
    assert FUNCTIONS.keys() == GIVEN.keys()


@pytest.mark.parametrize("name, argument", ARGUMENTS)
def test_every_argument_that_decides_a_number_is_told(name, argument):
    usual = {**GIVEN[name]}.get(argument, inspect.signature(FUNCTIONS[name]).parameters[argument].default)
    told, task = base(name), name.split(".")[0]
    assert argument in told and told["task"] == task and not SAYS_NOTHING & told.keys()
    assert told[argument] == json.loads(json.dumps(identity(task, {argument: usual})))[argument]
    changed = OTHER[argument] if argument in OTHER else not usual if isinstance(usual, bool) else usual + 1
    assert identity(task, {argument: changed})[argument] != told[argument]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_where_it_is_kept_and_shown_decides_nothing(name, tmp_path):
    assert base(name) == asked(name, steps=77, run_dir=tmp_path, progress=False)


def step(params, step, rng, carry):
    return StepResult(1.0, 1, {"w": rng.normal(size=2)})


def train(run_dir, steps=10, optimiser=Adam(0.1), seed=0, w=np.ones(2), **more):  # noqa: B008
    return fit({"w": w}, step, optimiser, steps, np.random.default_rng(seed), run_dir=run_dir, progress=False, **more)


@pytest.mark.parametrize(
    "changed, words",
    [
        ({"optimiser": SGD(0.1)}, "optimiser was 'Adam' and is 'SGD'"),
        ({"optimiser": Adam(0.2)}, "lr was 0.1 and is 0.2"),
        ({"optimiser": Adam(0.1, beta2=0.9)}, "beta2 was 0.999 and is 0.9"),
        ({"clip": 1.0}, "clip was None and is 1.0"),
        ({"every": 5}, "every was 100 and is 5"),
        ({"seed": 7}, "generator was"),
        ({"w": np.ones(2, np.float32)}, "parameters was"),
        ({"identity": {"seed": 7}}, "seed was 0 and is 7"),
        ({"identity": {"seed": 7}, "seed": 7}, "seed was 0 and is 7. Only"),
        ({"steps": 9}, "steps: got 9, but the run in"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_fit_refuses_another_run_and_says_what_differs(tmp_path, changed, words):
    train(tmp_path, identity={"seed": 0})
    with pytest.raises(Refused) as refused:
        train(tmp_path, **{"identity": {"seed": 0}, **changed})
    assert words in str(refused.value) and "\n" not in str(refused.value)
    assert train(tmp_path, 12, identity={"seed": 0}).step == 12  # and nothing was spoilt


@pytest.mark.parametrize("make", [Adam, AdamW, SGD, RMSProp])
@pytest.mark.parametrize("schedule", [cosine, linear])
def test_a_schedule_may_be_longer_and_nothing_else(tmp_path, make, schedule):
    train(tmp_path, 10, make(schedule(0.1, 10, 10)))  # a warm-up that fills the run is not one of its own
    assert train(tmp_path, 30, make(schedule(0.1, 30, 20))).step == 30
    with pytest.raises(Refused, match="lr lr was"):
        train(tmp_path, 40, make(schedule(0.2, 40, 20)))
    with pytest.raises(Refused, match=r"lr was 'cosine' and is 'steps'|lr was 'linear' and is 'steps'"):
        train(tmp_path, 40, make(step_decay(0.1, 5)))


def test_a_run_of_other_versions_and_one_that_says_nothing_are_refused(tmp_path):
    train(tmp_path)
    path = tmp_path / "checkpoint.npz"
    groups, meta = load_checkpoint(path)
    for name in ("rnncore", "numpy"):
        save_checkpoint(path, groups, {**meta, "identity": {**meta["identity"], name: "0.0"}})
        with pytest.raises(Refused, match=rf"{name} was '0\.0' and is"):
            train(tmp_path, 20)
    meta.pop("identity")
    save_checkpoint(path, groups, meta)
    with pytest.raises(Refused, match="does not say what it is"):
        train(tmp_path, 20)


def test_the_command_of_another_run_is_refused_and_the_results_tell_what_was_run(tmp_path, capsys):
    run, results = ["--delay", "3", "--hidden", "8", "--quiet", "--run-dir", str(tmp_path / "run")], tmp_path / "r.json"
    assert copy.main([*run, "--steps", "5"]) == 0
    assert copy.main([*run, "--steps", "9", "--results", str(results)]) == 0
    record = json.loads(results.read_text())
    assert record["parts"] == [{"from": 0, "steps": 5}, {"from": 5, "steps": 9}] and record["steps"] == 9
    assert record["identity"]["delay"] == 3 and record["identity"]["rnncore"]


def test_digests_tell_apart_what_differs_and_nothing_else():
    same = [{"a": np.arange(3), "b": ["x", 1]}, GRU, EVEN_PROCESS, music.Chorales(PIECES), "text", None, {1, 2}]
    assert [digest(value) for value in same] == [digest(value) for value in same]
    others = [[1, 2], [12], ["1", "2"], ["12"], [[1], 2], np.arange(2), np.arange(2.0), np.zeros((2, 1)), "12", b"12"]
    assert len({digest(value) for value in [*same, *others]}) == len(same) + len(others)
    assert digest(EVEN_PROCESS) != digest(GOLDEN_MEAN) and digest(GRU) != digest(LSTM)
    assert identity("x", {"text": "a" * 99})["text"].startswith("str ")
    assert charlm.identity is identity
