"""Every size and count that a public function or class takes goes through one check; new ones are found by themselves.

Whatever has a parameter annotated as an integer is called with what is none, and must name the parameter.
"""

import importlib
import inspect
import pkgutil

import numpy as np
import pytest

import rnncore
from rnncore.cells import LSTM, RNN
from rnncore.data import EVEN_PROCESS, NGram
from rnncore.data.sources import MELODIES, REBER, REVIEWS, SCENES, TAGGED, Numbers, Reversal
from rnncore.layers import Recurrent
from rnncore.models import Classifier, LanguageModel
from rnncore.ops import check_own_sizes, check_sizes
from rnncore.scan import scan
from rnncore.torch import GRU
from rnncore.types import Params

ROOMS = ("data", "diagnose", "layers", "models", "tasks", "torch", "train")
"""Engines are called by layers, which have checked; ops are called many times a step."""
NOT_SIZES = {"seed", "bos", "eos", "pad", "condition", "number", "key", "up", "step", "count", "symbol"}
"""Integers that are ids, places, moves or what a step came to."""
ELSEWHERE = {
    "truncate": "scan.check_backward checks it, see test_bad_input",
    "Recurrent.weights.k": "the number of a layer",
    **{
        f"{name}.{size}": "passed to fit, which is tested here"
        for name in (
            "train",
            "train_source",
            "train_text",
            "train_chorales",
            "train_fold",
            "train_pairs",
            "train_sentences",
            "train_treebank",
            "train_own",
            "train_labelled",
        )
        for size in ("steps", "every")
    },
    "train.code": "passed to Conditional, which is tested here",
    **{
        f"{name}.T": "passed to stream, which is tested here" for name in ("generate", "characters", "sentence", "tell")
    },
    "translations.beam": "passed to beam, which is tested here",
}
ZERO = {"B", "n", "L", "chars", "code", "warmup", "min_count", "s", "t"}
"""Names for which 0 may pass: an empty batch, no letters, no encoder, a run that only reads its checkpoint."""
ZERO_HERE = {
    "Source.floor.order",
    "fit.steps",
    "norm_bound.steps",
    "sample.T",
    "stream.T",
    "greedy.T",
    "whole.least",
    "valid_steps.T",
}

LM = LanguageModel(4, 3, 2, 5)
WEIGHTS = Params(np.ones((2, 1)), np.eye(2), np.zeros(2))
VALUES = {
    "cell": LSTM,
    "lm": LM,
    "rng": np.random.default_rng(0),
    "like": np.zeros(1),
    "ids": np.zeros(9, int),
    "lengths": [1, 2],
    "alpha": 0.0,
    "lr": 0.1,
    "J": np.ones((3, 1, 2, 2)),
    "W": np.eye(2),
    "noise": 0.1,
    "params": LM.init(np.random.default_rng(0)),
    "text": "abc",
}
MORE = {
    "norm_bound": {"cell": RNN},
    "gradient_norm_by_lag": {"cell": RNN, "cache": scan(RNN, np.ones((3, 1, 1)), (np.zeros((1, 2)),), WEIGHTS)[2]},
}
OBJECTS = [
    EVEN_PROCESS,
    REBER,
    REVIEWS,
    SCENES,
    TAGGED,
    MELODIES,
    Numbers(),
    Reversal(),
    NGram(3, 2),
    LM,
    Recurrent(RNN, 2, 3),
]


def modules():
    for found in pkgutil.walk_packages(rnncore.__path__, "rnncore."):
        if found.name.split(".")[1] in ROOMS:
            yield importlib.import_module(found.name)


def callables():
    """Yield (name, callable) of the rooms' public functions and classes, and of public methods, bound to an object."""
    for module in modules():
        for name in getattr(module, "__all__", ()):
            thing = getattr(module, name)
            if getattr(thing, "__module__", None) != module.__name__ or not callable(thing):
                continue
            if inspect.isclass(thing) and issubclass(thing, Exception):
                continue
            yield name, thing
            for method, function in vars(thing).items() if inspect.isclass(thing) else ():
                if not method.startswith("_") and isinstance(function, classmethod):
                    yield f"{name}.{method}", getattr(thing, method)
                elif not method.startswith("_") and inspect.isfunction(function) and list(sizes(function)):
                    owner = next((one for one in OBJECTS if type(one) is thing), None)
                    assert owner is not None, f"{name}.{method} takes a size: put a {name} among OBJECTS"
                    yield f"{name}.{method}", getattr(owner, method)


def sizes(function):
    """Yield the names of its integer parameters that are sizes."""
    for name, parameter in inspect.signature(function).parameters.items():
        kinds = str(getattr(parameter.annotation, "__name__", parameter.annotation)).split(" | ")
        if "int" in kinds and parameter.kind is not inspect.Parameter.VAR_KEYWORD and name not in NOT_SIZES:
            yield name


CASES = [
    (name, function, size)
    for name, function in callables()
    for size in sizes(function)
    if not {size, f"{name}.{size}"} & ELSEWHERE.keys()
]


def test_the_walk_finds_what_there_is():
    found = {(name, size) for name, _, size in CASES}
    assert len(found) > 100
    assert {
        ("Recurrent", "layers"),
        ("Classifier", "inputs"),
        ("LSTM", "hidden_size"),
        ("Source.sample", "T"),
        ("lm_batches", "B"),
        ("train_chorales", "D"),
        ("fit", "steps"),
        ("Vocabulary.of", "min_count"),
    } <= found


@pytest.mark.parametrize("name, function, size", CASES, ids=[f"{name}-{size}" for name, _, size in CASES])
def test_what_is_no_size_is_refused_by_name(name, function, size):
    parameters = inspect.signature(function).parameters
    given = {
        key: VALUES.get(key, 2 if "int" in str(p.annotation) else None)
        for key, p in parameters.items()
        if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    }
    given |= MORE.get(name, {})
    zero_may_pass = size in ZERO or f"{name}.{size}" in ZERO_HERE
    for bad in (True, np.True_, 2.5, 3.0, np.float64(3), -1, np.int64(-2), "3", [3], *([] if zero_may_pass else [0])):
        with pytest.raises(ValueError, match=f"^{size}: got .*, expected an integer, at least [012]$"):
            function(**{**given, size: bad})


@pytest.mark.parametrize("kind", [int, np.int8, np.uint16, np.int64])
def test_integers_of_numpy_pass_and_do_not_overflow(kind):
    layer = Recurrent(LSTM, kind(3), kind(100), kind(2))  # four gates of 100 units are more than int8 holds
    assert layer.init(np.random.default_rng(0))["W_l1"].shape == (400, 100)
    assert {type(layer.D), type(layer.H), type(layer.layers)} == {int}
    assert LanguageModel(kind(5), kind(4), kind(3), kind(4)) == LanguageModel(5, 4, 3, 4)
    assert Classifier(None, 2, kind(3), 4).inputs is None
    assert EVEN_PROCESS.sample(kind(3), kind(2), np.random.default_rng(0)).shape == (3, 2)
    assert GRU(kind(3), kind(100)).weight_hh_l0.shape == (300, 100)


def test_the_check_says_what_it_got_and_what_was_expected():
    assert check_sizes(H=np.int32(3), T=2) == (3, 2) and type(check_sizes(H=np.int32(3))[0]) is int
    assert check_sizes(0, B=0) == (0,) and check_sizes() == ()
    with pytest.raises(ValueError, match=r"^T: got 0, expected an integer, at least 1$"):
        check_sizes(H=1, T=0)
    with pytest.raises(ValueError, match=r"^B: got True, expected an integer, at least 0$"):
        check_sizes(0, B=True)
    with pytest.raises(ValueError, match=r"^H: got None, expected an integer, at least 1$"):
        check_own_sizes(type("Record", (), {"H": None})(), "H")
