"""The checkpointed engine against the plain one: equal to rounding, with far less memory."""

import gc
import tracemalloc

import array_api_strict
import numpy as np
import pytest
import torch

from rnncore.cells import CELLS
from rnncore.engines import run, run_backward
from rnncore.engines.checkpointed import checkpointed_backward
from rnncore.gradcheck import relative_error
from rnncore.layers import Recurrent
from rnncore.ops import to_numpy
from rnncore.scan import scan
from rnncore.types import Params

pytestmark = pytest.mark.engines

LIBRARIES = {"numpy": np.asarray, "torch": torch.asarray, "strict": array_api_strict.asarray}
OPTIONS = {"reference": {"engine": "reference"}, "checkpointed": {"checkpoint": True}}
cells = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


def problem(cell, T, B=3, D=2, H=4, seed=0):
    """Return random arrays: xs, state, params, dhs, dstate."""
    rng = np.random.default_rng(seed)
    G = len(cell.gates)
    params = Params(
        *(0.7 * rng.normal(size=shape) for shape in [(G * H, D), (G * H, H), (G * H,)]),
        own=tuple(rng.normal(size=H) for _ in cell.own),
    )
    state, dstate = (tuple(rng.normal(size=(B, H)) for _ in cell.state) for _ in range(2))
    return rng.normal(size=(T, B, D)), state, params, rng.normal(size=(T, B, H)), dstate


def convert(arrays, library):
    if isinstance(arrays, Params):
        return Params(*(library(a) for a in arrays[:3]), own=tuple(library(a) for a in arrays.own))
    return tuple(library(a) for a in arrays) if isinstance(arrays, tuple) else library(arrays)


def results(engine, cell, arrays, lengths, truncate, with_dstate=True):
    """Return all that the two functions return, with checkpoints or by the reference alone, as NumPy arrays."""
    xs, state, params, dhs, dstate = arrays
    hs, final, cache = run(cell, xs, state, params, lengths, **OPTIONS[engine])
    dxs, dstate0, d = run_backward(cell, dhs, dstate if with_dstate else None, cache, truncate)
    return [to_numpy(a) for a in (hs, *final, dxs, *dstate0, *d[:3], *d.own)]


@cells
@pytest.mark.parametrize("T", range(1, 13))
def test_it_equals_the_reference_at_every_length_cut_and_truncation(cell, T):
    arrays = problem(cell, T, seed=T)
    for lengths in (None, np.array([T, T // 2, 0]), np.array([1, T, (2 * T) // 3])):
        for k in (None, 1, 2, 3, 5, T, T + 1):
            expected = results("reference", cell, arrays, lengths, k)
            for ours, theirs in zip(results("checkpointed", cell, arrays, lengths, k), expected, strict=True):
                assert relative_error(ours, theirs) <= 1e-12, (lengths, k)


@cells
@pytest.mark.parametrize("library", ["torch", "strict"])
@pytest.mark.parametrize("k", [None, 3])
def test_it_equals_the_reference_on_other_libraries(library, cell, k):
    arrays, lengths = problem(cell, 10), np.array([10, 7, 0])
    expected = results("reference", cell, arrays, lengths, k, with_dstate=False)
    other = [convert(a, LIBRARIES[library]) for a in arrays]
    got = results("checkpointed", cell, other, LIBRARIES[library](lengths), k, with_dstate=False)
    for ours, theirs in zip(got, expected, strict=True):
        assert relative_error(ours, theirs) <= 1e-12


def test_it_keeps_float32():
    xs, state, params, dhs, dstate = (convert(a, np.float32) for a in problem(CELLS["lstm"], 9))
    assert {a.dtype for a in results("checkpointed", CELLS["lstm"], (xs, state, params, dhs, dstate), None, 4)} == {
        np.dtype("float32")
    }


def test_a_recurrent_layer_can_ask_for_it():
    layers = [Recurrent(CELLS["gru"], 3, 4, 2, bidirectional=True, checkpoint=c) for c in (False, True)]
    rng = np.random.default_rng(0)
    params, xs, dys, lengths = layers[0].init(rng), rng.normal(size=(7, 2, 3)), rng.normal(size=(7, 2, 8)), [7, 3]
    found = []
    for layer in layers:
        ys, final, cache = layer.forward(params, xs, lengths=np.array(lengths))
        dxs, dstate, grads = layer.backward(dys, None, cache)
        found.append([ys, *final, dxs, *dstate, *grads.values()])
    for ours, theirs in zip(*found, strict=True):
        assert relative_error(ours, theirs) <= 1e-12


def peak(engine, cell, arrays, k=None):
    """Return the most memory, in bytes, that one forward and backward pass holds at a time, its results included."""
    results(engine, cell, problem(cell, 2), None, k)  # whatever is set up at a first call
    xs, state, params, dhs, dstate = arrays
    gc.collect()
    tracemalloc.start()
    try:
        _, _, cache = run(cell, xs, state, params, **({"engine": "reference"} | OPTIONS[engine]))
        run_backward(cell, dhs, dstate, cache, k)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.engines("reference")
@cells
@pytest.mark.parametrize("k", [None, 7])
def test_its_memory_is_less_than_a_third_of_the_references(cell, k):
    arrays = problem(cell, 200, B=8, D=4, H=32)
    assert peak("checkpointed", cell, arrays, k) < 0.3 * peak("reference", cell, arrays, k)


def test_what_is_no_cache_is_refused():
    cell = CELLS["rnn"]
    xs, state, params, dhs, _ = problem(cell, 4)
    _, _, plain = scan(cell, xs, state, params)
    with pytest.raises(TypeError, match="cache: got a ScanCache, expected Checkpoints"):
        checkpointed_backward(cell, dhs, None, plain)  # pyright: ignore[reportArgumentType]
    with pytest.raises(TypeError, match="cache: got a tuple, expected what `run` returned"):
        run_backward(cell, dhs, None, (1, 2))


@pytest.mark.parametrize("lengths", [np.array([5, 4, 3]), np.array([-1, 4, 3]), np.array([1.0, 2.0, 3.0])])
def test_bad_lengths_are_not_clipped_to_good_ones(lengths):
    xs, state, params, _, _ = problem(CELLS["rnn"], 4)
    with pytest.raises((ValueError, TypeError), match="lengths: got"):
        run(CELLS["rnn"], xs, state, params, lengths, checkpoint=True)
    with pytest.raises((ValueError, TypeError), match="lengths: got"):
        scan(CELLS["rnn"], xs, state, params, lengths)
