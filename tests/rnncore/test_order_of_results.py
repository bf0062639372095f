"""One order of results, see `rnncore.types.Model`: what goes on first, what is kept or is for the parameters last.

Models, and pairs of layers, are found by themselves: a new one must be given an example here, and then keeps the order.
"""

import inspect
from typing import Any

import numpy as np
import pytest
import torch

import rnncore.layers
import rnncore.models
from rnncore.cells import GRU, LSTM, RNN
from rnncore.gradcheck import complex_step, relative_error
from rnncore.models import Classifier, Conditional, LanguageModel, Seq2Seq, Tagger
from rnncore.torch import Module
from rnncore.types import Model

T, B = 4, 3
rng = np.random.default_rng(0)
draw = lambda *shape: rng.normal(size=shape)  # noqa: E731
IDS, LENGTHS, MASK = rng.integers(0, 4, (T, B)), np.array([4, 1, 3]), np.ones((T, B), bool)
LM = LanguageModel(5, 4, 3, 6, LSTM, layers=2)
STATE = (draw(2, B, 6), draw(2, B, 6))

MODELS = {
    "language model": (LM, (IDS, STATE), STATE, {"targets": IDS, "state": STATE}),
    "language model, tied": (LanguageModel(5, 4, 6, 6, layers=2, tied=True), (IDS, STATE[:1]), STATE[:1],
                             {"targets": IDS, "state": STATE[:1]}),
    "conditional": (Conditional(7, LM, code=2), (draw(B, 7), IDS), 0, {"targets": IDS}),
    "conditional, no code": (Conditional(7, LM), (draw(B, 7), IDS), 0, {"targets": IDS}),
    "classifier": (Classifier(5, 2, 3, 4, pooling="attention"), (IDS, LENGTHS), None, {"labels": IDS[0] % 2}),
    "classifier, vectors": (Classifier(None, 2, 7, 4, GRU, 2, True, "max"), (draw(T, B, 7), LENGTHS), 0,
                            {"labels": IDS[0] % 2}),
    "tagger": (Tagger(5, 4, 3, 6), (IDS, LENGTHS), None, {"tags": IDS}),
    "seq2seq": (Seq2Seq(5, 4, 3, 6), (IDS, LENGTHS, IDS), None, {"targets": IDS, "mask": MASK}),
}  # fmt: skip
"""A model; inputs of forward; what of them has a gradient: the state, the first, or None; what loss wants besides."""
models = pytest.mark.parametrize("name", MODELS)


def public_models() -> set[Any]:
    """Return the classes of rnncore.models that have parameters."""
    found = (getattr(rnncore.models, name) for name in rnncore.models.__all__)
    return {thing for thing in found if inspect.isclass(thing) and hasattr(thing, "init")}


def test_every_public_model_has_an_example():
    assert public_models() == {type(model) for model, *_ in MODELS.values()}


def stateful(model):
    """Return whether it takes an initial state."""
    return "state" in inspect.signature(model.forward).parameters


def floating(inputs):
    return [x for x in inputs if isinstance(x, tuple) or np.issubdtype(x.dtype, np.floating)]


@models
def test_a_model_keeps_the_protocol(name):
    model, inputs, differentiable, more = MODELS[name]
    assert isinstance(model, Model)
    assert "rng" in inspect.signature(model.forward).parameters and "rng" in inspect.signature(model.loss).parameters
    assert (differentiable is None) == (not floating(inputs)), "what has a gradient must be said"
    params = model.init(np.random.default_rng(1), np.float64)

    output, *state, cache = model.forward(params, *inputs, rng=None)
    assert isinstance(output, np.ndarray) and len(state) == stateful(model) and not isinstance(cache, np.ndarray)
    if state:
        assert [part.shape for part in state[0]] == [part.shape for part in differentiable]

    found = model.backward(np.ones_like(output), cache)
    assert isinstance(found, tuple) and len(found) == 2
    dinput, grads = found
    assert {key: g.shape for key, g in grads.items()} == {key: p.shape for key, p in params.items()}
    wanted = inputs[0] if differentiable == 0 else differentiable
    assert shapes(dinput) == shapes(wanted)


def shapes(x):
    return x if x is None else [part.shape for part in x] if isinstance(x, tuple) else x.shape


@models
def test_loss_is_the_sum_first_and_the_gradients_of_the_mean_last(name):
    model, inputs, _, more = MODELS[name]
    params = model.init(np.random.default_rng(1))
    names = [p for p in inspect.signature(model.forward).parameters if p not in ("params", "state")]
    given = dict(zip(names, (x for x in inputs if not (stateful(model) and isinstance(x, tuple)))))
    total, count, *state, grads = model.loss(params, **given, **more)
    assert np.ndim(total) == 0 and type(count) is int and len(state) == stateful(model)
    assert grads.keys() == params.keys()
    key, step = "U" if "U" in params else next(iter(params)), 1e-6  # one derivative says that they are the mean's
    index = (0,) * params[key].ndim

    def mean(shift):
        moved = params[key].copy()
        moved[index] += shift
        return model.loss({**params, key: moved}, **given, **more)[0] / count

    assert abs((mean(step) - mean(-step)) / (2 * step) - grads[key][index]) <= 1e-6


@pytest.mark.parametrize("name", [name for name in MODELS if MODELS[name][2] is not None])
def test_the_gradient_on_the_input_equals_the_complex_step(name):
    model, inputs, differentiable, _ = MODELS[name]
    params = model.init(np.random.default_rng(1))
    output, *_, cache = model.forward(params, *inputs)
    upstream = rng.normal(size=output.shape)
    dinput, _ = model.backward(upstream, cache)
    off = {key: p + 0j for key, p in params.items()}
    parts = dinput if isinstance(dinput, tuple) else (dinput,)
    for k, ours in enumerate(parts):

        def loss(x, k=k):
            if differentiable == 0:
                return (model.forward(off, x, *inputs[1:])[0] * upstream).sum()
            moved = tuple(x if j == k else part + 0j for j, part in enumerate(differentiable))
            return (model.forward(off, inputs[0], moved)[0] * upstream).sum()

        given = inputs[0] if differentiable == 0 else differentiable[k]
        assert relative_error(ours, complex_step(loss, given)) <= 1e-10


def test_the_module_of_torch_takes_whatever_keeps_the_protocol():
    class Line:
        def init(self, rng, dtype=float):
            return {"w": np.ones(2, dtype)}

        def forward(self, params, x, rng=None):
            return params["w"] * x, x

        def backward(self, doutput, cache):
            return None, {"w": (doutput * cache).sum(0)}

        def loss(self, params, x, rng=None):
            raise NotImplementedError

    assert isinstance(Line(), Model)
    module = Module(Line())
    module(torch.arange(6.0).reshape(3, 2)).sum().backward()
    grad = module.get_parameter("w").grad
    assert grad is not None and grad.tolist() == [6, 9]


# -- Layers: the backward function of a pair gives gradients in the order of the arguments, parameters last

Q, KEYS, VALUES, V = draw(2, B, 5), draw(T, B, 5), draw(T, B, 6), draw(5)
PAIRS = {
    "linear": ((draw(B, 3), draw(4, 3), draw(4)), (0, 1, 2)),
    "embedding": ((IDS, draw(4, 3)), (1,)),
    "dropout": ((draw(T, B, 2), 0.5, np.random.default_rng(0)), (0,)),
    "dot_attention": ((Q, KEYS, VALUES), (0, 1, 2)),
    "additive_attention": ((Q, KEYS, VALUES, MASK, V), (0, 1, 2, 4)),
    "attention_pool": ((draw(T, B, 6), LENGTHS, draw(5, 6), draw(5), V), (0, 2, 3, 4)),
    "masked_mean": ((draw(T, B, 6), LENGTHS), (0,)),
    "masked_max": ((draw(T, B, 6), LENGTHS), (0,)),
    "cross_entropy": ((draw(T, B, 4), IDS), (0,)),
    "squared_error": ((draw(T, B), draw(T, B)), (0,)),
}
"""Arguments of different shapes, and which of them have a gradient."""
PARAMETERS = {"U", "c", "E", "v", "A", "a"}


def pairs():
    """Return name -> (forward, backward)."""
    ends = [name for name in rnncore.layers.__all__ if name.endswith("_backward") and name != "run_backward"]
    stems = {name.removesuffix("_backward"): getattr(rnncore.layers, name) for name in ends}
    return {
        stem: (getattr(rnncore.layers, stem + "_forward", None) or getattr(rnncore.layers, stem), backward)
        for stem, backward in stems.items()
    }


def test_every_pair_of_layers_has_an_example():
    assert pairs().keys() == PAIRS.keys()


@pytest.mark.parametrize("name", PAIRS)
def test_a_layer_returns_its_cache_last_and_gradients_in_the_order_of_its_arguments(name):
    (forward, backward), (arguments, which) = pairs()[name], PAIRS[name]
    output, *_, cache = forward(*arguments)
    doutput = () if np.ndim(output) == 0 else (np.ones_like(output),)
    found = backward(*doutput, cache)
    found = found if isinstance(found, tuple) else (found,)
    assert [g.shape for g in found] == [arguments[k].shape for k in which]
    names = list(inspect.signature(forward).parameters)
    last = [names[k] in PARAMETERS for k in which]
    assert last == sorted(last), "gradients on inputs come first, those of parameters last"


def test_the_recurrent_layer_keeps_the_order_too():
    layer = rnncore.layers.Recurrent(RNN, 3, 6, 2)
    params, xs, state = layer.init(rng), draw(T, B, 3), (draw(2, B, 6),)
    ys, final, cache = layer.forward(params, xs, state)
    dxs, dstate, grads = layer.backward(np.ones_like(ys), final, cache)
    assert dxs.shape == xs.shape and shapes(dstate) == shapes(state) and grads.keys() == params.keys()


def test_the_order_is_written_down_where_a_reader_looks():
    for model in public_models():
        returns = inspect.signature(model.backward).return_annotation
        assert returns.startswith("tuple[") and returns.endswith(", Arrays]"), model
