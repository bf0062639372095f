"""The modules against torch.nn's, in values and gradients, and in all the ways that torch's users call a module."""

import copy
import gc
import io
import itertools
import pickle
import subprocess
import sys
import warnings
import weakref
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from rnncore.cells import CELLS
from rnncore.cells import LSTM as LSTM_CELL
from rnncore.gradcheck import relative_error
from rnncore.layers import Recurrent
from rnncore.models import Classifier, Conditional, LanguageModel, Seq2Seq, Tagger
from rnncore.torch import GRU, LSTM, RNN, Module, differentiable, from_torch, to_torch

pytestmark = pytest.mark.engines

torch.set_num_threads(1)
TOLERANCE = {torch.float64: 1e-12, torch.float32: 1e-5}
T, B, D, H = 5, 3, 2, 4
LENGTHS = {"none": None, "sorted": [5, 3, 1], "unsorted": [1, 5, 3]}
KINDS = {
    "rnn": (RNN, torch.nn.RNN, {}),
    "relu": (RNN, torch.nn.RNN, {"nonlinearity": "relu"}),
    "lstm": (LSTM, torch.nn.LSTM, {}),
    "gru": (GRU, torch.nn.GRU, {}),
}
MODULES = [*KINDS, "gru-before"]

kinds = pytest.mark.parametrize("kind", KINDS)
every = pytest.mark.parametrize("kind", MODULES)
dtypes = pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
devices = pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])


def ours(kind, *args, **options):
    if kind == "gru-before":
        return GRU(*args, reset="before", **options)
    return KINDS[kind][0](*args, **KINDS[kind][2], **options)


def pair(kind, *args, **options):
    """Return our module and torch's, with the same parameters."""
    _, theirs, more = KINDS[kind]
    one, two = ours(kind, *args, **options), theirs(*args, **more, **options)
    one.load_state_dict(two.state_dict(), strict=True)
    return one, two


def normal(*shape, seed=0, dtype=torch.float64, device="cpu"):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(device, dtype)


def problem(kind, module, given, batch_first, dtype, device="cpu"):
    """Return the input and the initial state, if given: leaves that require gradients."""
    xs = normal(B, T, D, dtype=dtype, device=device) if batch_first else normal(T, B, D, dtype=dtype, device=device)
    shape = (module.num_layers * (1 + module.bidirectional), B, H)
    parts = (2 if kind == "lstm" else 1) if given else 0
    return [
        leaf.requires_grad_()
        for leaf in (xs, *(normal(*shape, seed=k + 1, dtype=dtype, device=device) for k in range(parts)))
    ]


def call(module, leaves, lengths, batch_first):
    """Return the padded output and the parts of the final state, for leaves (input, parts of the initial state ...)."""
    xs, *state = leaves
    hx = None if not state else state[0] if len(state) == 1 else tuple(state)
    if lengths is not None:
        descending = sorted(lengths, reverse=True) == lengths
        xs = pack_padded_sequence(xs, torch.tensor(lengths), batch_first, enforce_sorted=descending)
    output, final = module(xs, hx)
    if lengths is not None:
        assert isinstance(output, PackedSequence)
        for mine, given in zip(output[1:], xs[1:]):
            if mine is None or given is None:
                assert mine is given
            else:
                assert torch.equal(mine, given)
        output, back = pad_packed_sequence(output, batch_first)
        assert back.tolist() == lengths
        for b, n in enumerate(lengths):
            assert not (output if batch_first else output.transpose(0, 1))[b, n:].any()
    return (output, *(final if isinstance(final, tuple) else (final,)))


def gradients(outputs, wanted):
    """Return those of a weighted sum of all outputs, with weights that are the same in every call."""
    loss: Any = sum((y * normal(*y.shape, seed=9 + k).to(y)).sum() for k, y in enumerate(outputs))
    return torch.autograd.grad(loss, wanted)


def compare(one, two, leaves, lengths, batch_first, tolerance):
    worst = 0.0
    results = [call(module, leaves, lengths, batch_first) for module in (one, two)]
    grads = [gradients(r, [*leaves, *m.parameters()]) for r, m in zip(results, (one, two))]
    for mine, theirs in zip((*results[0], *grads[0]), (*results[1], *grads[1]), strict=True):
        assert mine.dtype == theirs.dtype and mine.device == theirs.device
        error = relative_error(mine.detach().cpu().numpy(), theirs.detach().cpu().numpy())
        assert error <= tolerance
        worst = max(worst, error)
    return worst


@kinds
@devices
@dtypes
@pytest.mark.parametrize("lengths", LENGTHS)
def test_values_and_all_gradients_equal_torch_nn(kind, device, dtype, lengths):
    for layers, both, bias, given, first in itertools.product((1, 2), *[(False, True)] * 4):
        torch.manual_seed(1)
        one, two = pair(
            kind, D, H, layers, bias=bias, batch_first=first, bidirectional=both, dtype=dtype, device=device
        )
        leaves = problem(kind, one, given, first, dtype, device)
        with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
            compare(one, two, leaves, LENGTHS[lengths], first, TOLERANCE[dtype])


@kinds
def test_one_sequence_without_the_batch_axis_equals_torch_nn(kind):
    for both, first, given in itertools.product(*[(False, True)] * 3):
        one, two = pair(kind, D, H, 2, batch_first=first, bidirectional=both, dtype=torch.float64)
        leaves = [leaf.detach()[:, 0].requires_grad_() for leaf in problem(kind, one, given, False, torch.float64)]
        compare(one, two, leaves, None, first, 1e-12)


@every
def test_torchs_own_gradcheck_accepts_every_gradient(kind):
    for lengths in ("none", "unsorted"):
        module = ours(kind, D, 2, 2, bidirectional=True, dtype=torch.float64)
        parts = 2 if kind == "lstm" else 1
        leaves = [normal(3, 2, D), *(normal(4, 2, 2, seed=k + 1) for k in range(parts))]
        names = [name for name, _ in module.named_parameters()]
        weights = [p.detach().clone().requires_grad_() for p in module.parameters()]

        def function(*tensors, module=module, lengths=lengths, names=names, n=1 + parts):
            xs, *state = tensors[:n]
            hx = state[0] if len(state) == 1 else tuple(state)
            if lengths != "none":
                xs = pack_padded_sequence(xs, torch.tensor([1, 3]), enforce_sorted=False)
            output, final = torch.func.functional_call(module, dict(zip(names, tensors[n:])), (xs, hx))
            return (output[0] if lengths != "none" else output, *(final if isinstance(final, tuple) else (final,)))

        assert torch.autograd.gradcheck(function, [leaf.requires_grad_() for leaf in leaves] + weights)


@kinds
def test_the_state_dict_goes_both_ways_and_the_seed_draws_the_same(kind):
    for bias, both in itertools.product((True, False), (True, False)):
        _, theirs, more = KINDS[kind]
        torch.manual_seed(4)
        one = ours(kind, D, H, 2, bias=bias, bidirectional=both)
        torch.manual_seed(4)
        two = theirs(D, H, 2, bias=bias, bidirectional=both, **more)
        assert list(one.state_dict()) == list(two.state_dict())
        assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters()))
        one.reset_parameters()
        two.load_state_dict(one.state_dict(), strict=True)
        compare(one, two, problem(kind, one, True, False, torch.float32), None, False, 1e-5)


@every
def test_outputs_that_are_not_used_and_outputs_changed_in_place(kind):
    one = ours(kind, D, H, 2, bidirectional=True, dtype=torch.float64)
    (xs,) = problem(kind, one, False, False, torch.float64)
    outputs = call(one, [xs], None, False)
    for k in range(len(outputs)):
        alone = torch.autograd.grad(call(one, [xs], None, False)[k].sum(), [xs, *one.parameters()])
        total: Any = sum((y if j == k else 0 * y).sum() for j, y in enumerate(outputs))
        whole = torch.autograd.grad(total, [xs, *one.parameters()], retain_graph=True)
        assert all(torch.equal(a, b) for a, b in zip(alone, whole))
    output, _ = one(xs)
    (want,) = torch.autograd.grad((3 * one(xs)[0]).sum(), xs)
    output.mul_(3)
    assert torch.equal(torch.autograd.grad(output.sum(), xs)[0], want)


def test_a_parameter_changed_between_the_passes_is_noticed_and_so_is_a_second_backward():
    one = LSTM(D, H)
    output, _ = one(normal(T, B, D, dtype=torch.float32))
    with torch.no_grad():
        one.get_parameter("weight_hh_l0").add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        output.sum().backward()
    output = one(normal(T, B, D, dtype=torch.float32))[0].sum()
    output.backward()
    with pytest.raises(RuntimeError, match="second time"):
        output.backward()


@pytest.mark.parametrize("weighted", [False, True])
def test_a_second_derivative_is_refused(weighted):
    one = GRU(D, H, dtype=torch.float64)
    xs = normal(T, B, D).requires_grad_()
    output, _ = one(xs)
    weight = torch.ones_like(output, requires_grad=weighted)
    (gradient,) = torch.autograd.grad(output, xs, weight, create_graph=True)
    penalty = (gradient**2).sum() + output.sum()
    with pytest.raises(RuntimeError, match="second derivative: got"):
        penalty.backward()


def test_the_graph_and_the_cache_are_freed_without_the_garbage_collector():
    class Cache:
        output: Any

    alive = []

    def forward(tensors):
        cache = Cache()
        cache.output = 2 * tensors["x"]
        alive.append(weakref.ref(cache))
        return (cache.output,), cache

    x = torch.ones(2, requires_grad=True)
    gc.disable()
    try:
        (y,) = differentiable(forward, lambda d, cache: {"x": 2 * d[0]}, {"x": x})
        y.sum().backward()
        assert x.grad is not None and x.grad.tolist() == [2, 2] and alive[0]() is not None
        del y
        assert alive[0]() is None
    finally:
        gc.enable()


def test_a_backward_that_forgets_a_gradient_is_named():
    x, w = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    (y,) = differentiable(lambda t: ((t["x"] * t["w"],), None), lambda d, _: {"x": d[0]}, {"x": x, "w": w})
    with pytest.raises(RuntimeError, match=r"no gradient for \['w'\]"):
        y.sum().backward()


@every
@devices
def test_adam_lowers_a_loss(kind, device):
    torch.manual_seed(0)
    one = torch.nn.ModuleList([ours(kind, D, 16), torch.nn.Linear(16, 1)]).to(device)
    xs = normal(8, 20, D, dtype=torch.float32, device=device)
    target = xs[:, :, 0].cumsum(0)
    optimiser = torch.optim.Adam(one.parameters(), 0.02)
    losses = []
    for _ in range(40):
        optimiser.zero_grad()
        loss = ((one[1](one[0](xs)[0])[..., 0] - target) ** 2).mean()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.4 * losses[0]


@every
@devices
def test_dropout_is_for_training_and_repeats_with_the_seed(kind, device):
    one = ours(kind, D, H, 2, dropout=0.5, device=device, dtype=torch.float64)
    xs = normal(T, B, D, device=device)
    draws = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        draws.append(one(xs)[0])
    still = one.eval()(xs)[0]
    assert torch.equal(draws[0], draws[1]) and not torch.equal(draws[0], draws[2])
    assert not torch.equal(draws[0], still) and torch.equal(still, one(xs)[0])
    one.train()
    wanted = [next(one.parameters())]

    def loss(weight):
        torch.manual_seed(3)
        return torch.func.functional_call(one, {"weight_ih_l0": weight}, (xs,))[0]

    assert torch.autograd.gradcheck(loss, [wanted[0].detach().clone().requires_grad_()])


@every
def test_a_module_is_copied_pickled_and_saved(kind):
    one = ours(kind, D, H, 2, bidirectional=True)
    xs = normal(T, B, D, dtype=torch.float32)
    buffer = io.BytesIO()
    torch.save(one, buffer)
    buffer.seek(0)
    for other in (copy.deepcopy(one), pickle.loads(pickle.dumps(one)), torch.load(buffer, weights_only=False)):
        assert torch.equal(other(xs)[0], one(xs)[0]) and repr(other) == repr(one)
    assert torch.equal(copy.deepcopy(one).double().float()(xs)[0], one(xs)[0])


@pytest.mark.parametrize("packed", [False, True])
def test_torch_compile_gives_the_same(packed):
    one = torch.nn.Sequential(torch.nn.Linear(D, D), LSTM(D, H, 2, bidirectional=True)).double()
    compiled = torch.compile(one[1], backend="eager")
    xs = normal(T, B, D).requires_grad_()
    lengths = LENGTHS["unsorted"] if packed else None
    results = [call(module, [one[0](xs)], lengths, False) for module in (one[1], compiled)]
    grads = [gradients(r, [xs, *one.parameters()]) for r in results]
    assert all(torch.equal(a, b) for a, b in zip((*results[0], *grads[0]), (*results[1], *grads[1]), strict=True))


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_torch_compile_around_it_gives_the_same():
    one = torch.nn.ModuleDict({"a": torch.nn.Linear(D, D), "r": GRU(D, H), "b": torch.nn.Linear(H, 1)}).double()

    def model(x):
        return one["b"](torch.tanh(one["r"](torch.relu(one["a"](x)))[0])).sum()

    xs = normal(T, B, D)
    want = torch.autograd.grad(model(xs), list(one.parameters()))
    compiled = torch.compile(model, backend="eager")
    assert torch.equal(compiled(xs), model(xs))
    assert all(torch.equal(a, b) for a, b in zip(torch.autograd.grad(compiled(xs), list(one.parameters())), want))


@every
@devices
def test_autocast_computes_in_float32(kind, device):
    one = ours(kind, D, H, 2, device=device)
    before = torch.nn.Linear(D, D, device=device)
    xs = normal(T, B, D, dtype=torch.float32, device=device).requires_grad_()
    with torch.autocast(device, torch.bfloat16):
        x = before(xs)
        assert x.dtype == torch.bfloat16
        results = call(one, [x], None, False)
        inside = gradients(results, [x, *one.parameters()])
    want = call(one, [x.float()], None, False)
    assert all(a.dtype == torch.float32 and torch.equal(a, b) for a, b in zip(results, want, strict=True))
    grads = gradients(want, [x, *one.parameters()])
    assert inside[0].dtype == torch.bfloat16
    assert all(torch.equal(a, b) for a, b in zip(inside, grads))
    with torch.autocast(device, torch.bfloat16):
        assert torch.equal(one(xs)[0], call(one, [xs], None, False)[0])
    assert torch.equal(one(xs)[0], call(one, [xs.detach()], None, False)[0])


def language(**options) -> Any:
    return LanguageModel(5, 4, 3, 6, cell=LSTM_CELL, layers=2, **options)


def cases():
    """Return models with inputs as torch tensors."""
    rng = np.random.default_rng(0)
    ids = torch.tensor(rng.integers(4, size=(T, B)))
    ends = torch.tensor([3, 5, 1])
    return {
        "language": (language(), (ids,)),
        "tied": (LanguageModel(5, 4, 6, 6, tied=True), (ids,)),
        "conditional": (Conditional(3, language(), code=2), (normal(B, 3), ids)),
        "classifier": (Classifier(5, 3, 2, 4, bidirectional=True, pooling="attention"), (ids, ends)),
        "tagger": (Tagger(5, 3, 2, 4), (ids, ends)),
        "seq2seq": (Seq2Seq(5, 4, 3, 4), (ids, ends, ids)),
    }


@pytest.mark.parametrize("name", cases())
def test_a_wrapped_model_equals_the_model_without_torch(name):
    model, inputs = cases()[name]
    wrapped = Module(model, seed=3, dtype=torch.float64)
    params = model.init(np.random.default_rng(3))
    output = wrapped.eval()(*inputs)
    weights = normal(*output.shape, seed=5)
    (output * weights).sum().backward()
    want, *_, cache = model.forward(params, *(i.numpy() for i in inputs))
    _, grads = model.backward(weights.numpy(), cache)
    assert relative_error(output.detach().numpy(), want) <= 1e-12
    for key, array in wrapped.arrays().items():
        np.testing.assert_array_equal(array, params[key])
        assert relative_error(getattr(wrapped, key.replace(".", "__")).grad.numpy(), grads[key]) <= 1e-12


@devices
def test_a_wrapped_language_model_trains_carries_its_state_and_passes_gradcheck(device):
    model = language(dropout=0.2)
    wrapped = Module(model, dtype=torch.float64, more=True).to(device)
    ids = torch.arange(8, device=device)[:, None].repeat(1, B) % 4
    optimiser = torch.optim.Adam(wrapped.parameters(), 0.03)
    state, losses = None, []
    for _ in range(40):
        optimiser.zero_grad()
        logits, state = wrapped(ids, state)
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), ((ids + 1) % 4).flatten())
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.3 * losses[0] and state is not None and not state[0].requires_grad
    names = [name for name, _ in wrapped.named_parameters()]

    def function(*tensors):
        torch.manual_seed(0)
        return torch.func.functional_call(wrapped, dict(zip(names, tensors)), (ids[:3],))[0]

    assert torch.autograd.gradcheck(function, [p.detach().clone().requires_grad_() for p in wrapped.parameters()])


def test_a_wrapped_model_repeats_with_the_seed_is_copied_and_keeps_its_dtype():
    wrapped = Module(language(dropout=0.5))
    ids = torch.arange(6)[:, None] % 4
    outputs = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        outputs.append(wrapped(ids))
    assert torch.equal(outputs[0], outputs[1]) and not torch.equal(outputs[0], outputs[2])
    still = wrapped.eval()(ids)
    assert still.dtype == torch.float32 and not torch.equal(still, outputs[0])
    for other in (copy.deepcopy(wrapped), pickle.loads(pickle.dumps(wrapped)), Module(language(), wrapped.arrays())):
        assert torch.equal(other.eval()(ids), still)
    fresh = Module(language(), seed=8).eval()
    fresh.load_state_dict(wrapped.state_dict(), strict=True)
    assert torch.equal(fresh(ids), still)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(wrapped(ids), still)
    assert torch.equal(torch.compile(wrapped, backend="eager")(ids), still)


def test_a_wrapped_model_refuses_gradients_of_its_inputs_and_notices_changed_ids():
    model, (x, ids) = cases()["conditional"]
    wrapped = Module(model, dtype=torch.float64)
    with pytest.raises(ValueError, match="inputs: got a tensor that requires a gradient"):
        wrapped(x.requires_grad_(), ids)
    output = wrapped(x.detach(), ids)
    ids.fill_(0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        output.sum().backward()


def gradients_of(net):
    """Return a copy of each parameter's gradient, which must be there."""
    return [p.grad.clone() for p in net.parameters()]


@pytest.mark.parametrize("kind", ["modules", "wrapped"])
def test_distributed_data_parallel(kind, tmp_path):
    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn, self.out = GRU(D, H, 2), torch.nn.Linear(H, 1)

        def forward(self, xs):
            return self.out(self.rnn(xs)[0])

    net, x = (
        (Net(), normal(T, B, D, dtype=torch.float32))
        if kind == "modules"
        else (Module(language()), torch.ones(T, B, dtype=torch.int64))
    )
    net(x).sum().backward()
    want = gradients_of(net)
    net.zero_grad()
    torch.distributed.init_process_group("gloo", f"file://{tmp_path}/meet", rank=0, world_size=1)
    try:
        torch.nn.parallel.DistributedDataParallel(net)(x).sum().backward()
    finally:
        torch.distributed.destroy_process_group()
    assert all(torch.equal(a, b) for a, b in zip(gradients_of(net), want, strict=True))


@pytest.mark.parametrize("cell", CELLS)
def test_parameters_go_to_torch_and_back(cell):
    for both, dtype in itertools.product((False, True), (np.float64, np.float32)):
        layer = Recurrent(CELLS[cell], D, H, 2, both)
        params = layer.init(np.random.default_rng(0), dtype)
        state_dict = to_torch(layer, params)
        module = ours(cell, D, H, 2, bidirectional=both, dtype=next(iter(state_dict.values())).dtype)
        module.load_state_dict(state_dict, strict=True)
        xs = normal(T, B, D).numpy().astype(dtype)
        want = layer.forward(params, xs)[0]
        modules = [module]
        if cell in KINDS:
            modules.append(
                KINDS[cell][1](D, H, 2, bidirectional=both, **KINDS[cell][2], dtype=module.weight_hh_l0.dtype)
            )
            modules[1].load_state_dict(state_dict, strict=True)
        for m in modules:
            error = relative_error(m(torch.tensor(xs))[0].detach().numpy(), want)
            assert error <= (1e-12 if dtype == np.float64 else 1e-5)
        back = from_torch(state_dict, "before" if cell == "gru-before" else "after")
        assert list(back) == list(params)
        for name, array in params.items():
            np.testing.assert_array_equal(back[name], array)
            assert back[name].dtype == dtype and not np.shares_memory(back[name], state_dict["weight_hh_l0"].numpy())


@kinds
def test_torchs_parameters_come_over_with_and_without_biases(kind):
    for bias in (True, False):
        module = KINDS[kind][1](D, H, 2, bias=bias, dtype=torch.float64, **KINDS[kind][2])
        params = from_torch(module.state_dict())
        layer = Recurrent(CELLS[kind], D, H, 2)
        assert list(params) == list(layer.init(np.random.default_rng(0)))
        xs = normal(T, B, D)
        ys = layer.forward(params, xs.numpy())[0]
        assert relative_error(ys, module(xs)[0].detach().numpy()) <= 1e-12


@pytest.mark.parametrize(
    ("error", "words", "act"),
    [
        (ValueError, r"input: got shape \(5, 3, 7\), expected \(5, 3, 2\)", lambda m: m(torch.ones(5, 3, 7))),
        (ValueError, r"input: got shape \(2,\), expected \(T, B, D\)", lambda m: m(torch.ones(2))),
        (ValueError, "input: got dtype torch.float64", lambda m: m(torch.ones(5, 3, 2).double())),
        (ValueError, "input: got device meta", lambda m: m(torch.ones(5, 3, 2, device="meta"))),
        (ValueError, "xs: got shape", lambda m: m(torch.ones(0, 3, 2))),
        (TypeError, "input: got ndarray", lambda m: m(np.ones((5, 3, 2), np.float32))),
        (TypeError, r"hx: got Tensor, expected a tuple \(h_0, C_0\)", lambda m: m(torch.ones(5, 3, 2), torch.ones(1))),
        (TypeError, "hx: got 1 parts", lambda m: m(torch.ones(5, 3, 2), (torch.ones(1),))),
        (TypeError, "hx, C_0: got NoneType", lambda m: m(torch.ones(5, 3, 2), (torch.ones(1, 3, 4), None))),
        (
            ValueError,
            r"hx, C_0: got shape \(1, 3, 5\), expected \(1, 3, 4\)",
            lambda m: m(torch.ones(5, 3, 2), (torch.ones(1, 3, 4), torch.ones(1, 3, 5))),
        ),
        (
            ValueError,
            r"hx, h_0: got shape \(1, 1, 4\), expected \(1, 4\)",
            lambda m: m(torch.ones(5, 2), (torch.ones(1, 1, 4), torch.ones(1, 4))),
        ),
        (
            ValueError,
            "hx, h_0: got dtype torch.float64",
            lambda m: m(torch.ones(5, 3, 2), (torch.ones(1, 3, 4).double(), torch.ones(1, 3, 4))),
        ),
        (
            ValueError,
            r"input.data: got shape \(3, 7\), expected \(3, 2\)",
            lambda m: m(PackedSequence(torch.ones(3, 7), torch.tensor([2, 1]))),
        ),
        (TypeError, "hx: got 1 parts, expected a tensor h_0", lambda m: GRU(2, 4)(torch.ones(5, 3, 2), (None,))),
        (ValueError, "hidden_size: got 0", lambda m: LSTM(2, 0)),
        (ValueError, "dropout: got 1.5", lambda m: LSTM(2, 3, dropout=1.5)),
        (ValueError, "nonlinearity: got 'sin'", lambda m: RNN(2, 3, nonlinearity="sin")),
        (ValueError, "reset: got 'never'", lambda m: GRU(2, 3, reset="never")),
        (ValueError, "reset: got 'never'", lambda m: from_torch({}, reset="never")),
        (ValueError, "state_dict: got keys none", lambda m: from_torch({})),
        (ValueError, "weight_hr_l0", lambda m: from_torch(torch.nn.LSTM(2, 4, proj_size=2).state_dict())),
        (ValueError, "got no weight_hh_l0", lambda m: from_torch({"weight_ih_l0": torch.ones(4, 2)})),
        (ValueError, "params: got", lambda m: to_torch(Recurrent(LSTM_CELL, 2, 4), {"V_l0": np.ones(3)})),
    ],
)
def test_bad_input_is_named(error, words, act):
    with pytest.raises(error, match=words):
        act(LSTM(2, 4))


def test_names_that_would_collide_are_refused():
    nothing: Any = None
    with pytest.raises(ValueError, match="params: got"):
        Module(nothing, {"a.b": np.ones(1), "a__b": np.ones(1)})


def test_importing_the_rest_of_rnncore_does_not_import_torch():
    code = "import sys, rnncore, rnncore.layers, rnncore.models; print('torch' in sys.modules); import rnncore.torch"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


def test_nothing_warns():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one = LSTM(D, H, 2, bidirectional=True)
        xs = normal(T, B, D, dtype=torch.float32)
        one(xs)[0].sum().backward()
        call(one, [xs], LENGTHS["unsorted"], False)[0].sum().backward()
