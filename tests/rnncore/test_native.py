"""Torch's own layers as an engine: equal to the reference, within the dtype, in all that a driver is asked for."""

import numpy as np
import pytest
import torch

from rnncore.cells import CELLS, GRU_BEFORE, LSTM
from rnncore.engines import explain, run, run_backward
from rnncore.engines.native import native_scan_backward, obstacle
from rnncore.gradcheck import relative_error
from rnncore.layers import Recurrent
from rnncore.ops import to_numpy
from rnncore.types import Params

KNOWN = {name: cell for name, cell in CELLS.items() if cell is not GRU_BEFORE}
cells = pytest.mark.parametrize("cell", KNOWN.values(), ids=KNOWN)
DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)]


def problem(cell, dtype, device="cpu", T=7, B=4, D=3, H=5):
    """Return xs, state, params, dhs, dstate as tensors."""
    rng, G = np.random.default_rng(T), len(cell.gates)
    array = lambda *shape: torch.asarray(0.6 * rng.normal(size=shape)).to(dtype).to(device)  # noqa: E731
    params = Params(array(G * H, D), array(G * H, H), array(G * H), tuple(array(H) for _ in cell.own))
    state, dstate = (tuple(array(B, H) for _ in cell.state) for _ in range(2))
    return array(T, B, D), state, params, array(T, B, H), dstate


def both_ways(engine, cell, arrays, lengths=None, truncate=None, times=1):
    xs, state, params, dhs, dstate = arrays
    hs, final, cache = run(cell, xs, state, params, lengths, engine=engine)
    for _ in range(times):
        dxs, dstate0, d = run_backward(cell, dhs, dstate, cache, truncate)
    return [to_numpy(a) for a in (hs, *final, dxs, *dstate0, *d[:3], *d.own)]


@cells
@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype, most", [(torch.float64, 1e-12), (torch.float32, 2e-6)], ids=str)
@pytest.mark.parametrize("lengths", [None, [7, 0, 3, 1], [0, 0, 0, 0]], ids=["full", "ragged", "empty"])
@pytest.mark.parametrize("truncate", [None, 1, 3, 7, 9])
def test_it_equals_the_reference(monkeypatch, cell, device, dtype, most, lengths, truncate):
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)  # by default cuDNN rounds float32 to 10 bits
    arrays = problem(cell, dtype, device)
    lengths = None if lengths is None else torch.tensor(lengths, device=device)
    expected = both_ways("reference", cell, problem(cell, torch.float64, device), lengths, truncate)
    found = both_ways("native", cell, arrays, lengths, truncate, times=2)  # the graph outlives the first way back
    assert found[0].dtype == to_numpy(arrays[0]).dtype
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.shape == theirs.shape
        assert relative_error(ours.astype(float), theirs) <= most


def test_layers_in_both_directions_go_through_it():
    found = []
    for engine in ("reference", "native"):
        layer = Recurrent(LSTM, 3, 4, 2, bidirectional=True, engine=engine)
        params = {name: torch.asarray(p) for name, p in layer.init(np.random.default_rng(1)).items()}
        xs, dys = (torch.asarray(np.random.default_rng(2).normal(size=(6, 3, n))) for n in (3, 8))
        ys, final, cache = layer.forward(params, xs, lengths=torch.tensor([6, 2, 0]))
        dxs, _, grads = layer.backward(dys, None, cache, truncate=2)
        found.append([ys, *final, dxs, *grads.values()])
    for ours, theirs in zip(*found, strict=True):
        assert relative_error(to_numpy(ours), to_numpy(theirs)) <= 1e-12


def test_what_torch_does_not_have_is_refused_by_name():
    xs, state, params, *_ = problem(GRU_BEFORE, torch.float64)
    with pytest.raises(ValueError, match=r"engine: got 'native'.*no layer for a GRU, reset before"):
        explain(GRU_BEFORE, xs, state, params, engine="native")
    assert "complex128" in str(obstacle(LSTM, "complex128"))
    xs, state, params, dhs, _ = problem(LSTM, torch.float64)
    with pytest.raises(ValueError, match=r"not torch's"):
        run(
            LSTM, xs.numpy(), tuple(s.numpy() for s in state), Params(*(p.numpy() for p in params[:3])), engine="native"
        )
    with pytest.raises(TypeError, match="cache: got a tuple, expected the NativeCache"):
        native_scan_backward(LSTM, dhs, None, ())  # type: ignore[arg-type]


def test_in_inference_mode_there_is_a_way_forward():
    xs, state, params, *_ = problem(LSTM, torch.float64)
    expected = run(LSTM, xs, state, params, engine="native")[0]
    with torch.inference_mode():
        assert torch.equal(run(LSTM, xs, state, params, engine="native")[0], expected)


def test_the_arguments_are_left_as_they_were():
    """No gradient is recorded on the caller's tensors, and a change of hs does not reach the way back."""
    xs, state, params, dhs, dstate = problem(LSTM, torch.float64)
    hs, _, cache = run(LSTM, xs, state, params, engine="native")
    before = run_backward(LSTM, dhs, dstate, cache)[0]
    hs.zero_()
    assert torch.equal(run_backward(LSTM, dhs, dstate, cache)[0], before)
    assert not (xs.requires_grad or hs.requires_grad or params.W.requires_grad)
