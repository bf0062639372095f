"""The conformance suite: torch's layers and ours pass, adapters for others do, wrong layers are told."""

import subprocess
import sys

import array_api_strict
import numpy as np
import pytest
import torch

from rnncore.cells import CELLS, GRU, LSTM, RNN
from rnncore.conform import Found, check_layer, main, of_torch
from rnncore.scan import scan, scan_backward
from rnncore.types import Params


@pytest.mark.parametrize("layer", ["torch.nn:LSTM", "torch.nn:GRU", "torch.nn:RNN", "rnncore.torch:LSTM"])
def test_torchs_layers_and_ours_hold(layer, capsys):
    assert main([layer]) == 0
    printed = capsys.readouterr().out
    assert printed.count("holds") == len(printed.splitlines()) >= 15 and "padding full of NaN" in printed


def strict(case):
    """Return what our driver gives over the arrays of another library."""
    make = array_api_strict.asarray
    V, W, b = map(make, case.params[:3])
    params = Params(V, W, b, tuple(map(make, case.params.own)))
    lengths = None if case.lengths is None else make(case.lengths)
    hs, _, cache = scan(case.cell, make(case.xs), tuple(map(make, case.state)), params, lengths)
    dxs, _, d = scan_backward(case.cell, make(case.dys), None, cache)
    return Found(*map(np.asarray, (hs, dxs, d.V, d.W)))


def cells_of_torch(case):
    """Return what a loop over torch.nn.LSTMCell gives: an adapter for what is no layer by itself."""
    H = case.params.W.shape[1]
    cell = torch.nn.LSTMCell(case.xs.shape[2], H, dtype=torch.asarray(case.params.V).dtype)
    with torch.no_grad():
        for name, value in zip(("weight_ih", "weight_hh", "bias_ih"), case.params[:3]):
            getattr(cell, name).copy_(torch.asarray(value))
        cell.bias_hh.zero_()
    xs = torch.asarray(case.xs.copy()).requires_grad_()
    state, ys = tuple(map(torch.asarray, case.state)), []
    for t, x in enumerate(xs):
        if case.lengths is not None:
            x = torch.where(torch.asarray(case.lengths > t)[:, None], x, 0)
        state = cell(x, state)
        ys.append(state[0])
    out = torch.stack(ys)
    found = torch.autograd.grad(out, (xs, cell.weight_ih, cell.weight_hh), torch.asarray(case.dys))
    return Found(*(part.detach().numpy() for part in (out, *found)))


@pytest.mark.parametrize("name", CELLS)
def test_an_adapter_for_another_library_holds(name):
    checks = check_layer(strict, CELLS[name])
    assert [check for check in checks if not check.holds] == []


def test_a_loop_over_a_cell_holds():
    assert [check for check in check_layer(cells_of_torch, LSTM) if not check.holds] == []


WRONG = {
    "a gradient that is transposed": lambda case, f: f._replace(dW=np.roll(f.dW, 1, axis=0)),
    "values that are doubled": lambda case, f: f._replace(ys=2 * f.ys),
    "a dtype that is widened": lambda case, f: f._replace(dV=f.dV.astype(np.float64)),
    "padding that is read": lambda case, f: f._replace(dV=f.dV + 0 * case.xs.sum()),
    "a shape that is another": lambda case, f: f._replace(dxs=f.dxs[:, :, :1]),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_layer_is_told(name):
    checks = check_layer(lambda case: WRONG[name](case, strict(case)), GRU)
    assert any(not check.holds for check in checks)
    failed = {check.name for check in checks if not check.holds}
    if name == "padding that is read":
        assert failed == {"padding full of NaN", "padding full of infinity"}
    if name == "a dtype that is widened":
        assert "all sizes different, float32" in failed and "all sizes different, float64" not in failed


def test_a_layer_that_raises_is_told_why():
    def broken(case):
        if not len(case.xs[0]):
            raise RuntimeError("batch of none")
        return strict(case)

    failed = [check for check in check_layer(broken, RNN) if not check.holds]
    assert [check.told for check in failed] == ["RuntimeError: batch of none"] * 2


def test_the_command_says_what_it_does_not_find(capsys):
    for name in ("no.such:LSTM", "torch.nn:Elman", "torch.nn", ""):
        assert main([name]) == 2
        assert capsys.readouterr().err.startswith("python -m rnncore.conform: error: layer: got")
    assert main(["torch.nn:LSTMCell"]) == 2 and "argument --cell" in capsys.readouterr().err
    assert main(["tests.rnncore.test_conform:cells_of_torch", "--cell", "lstm"]) == 0
    done = subprocess.run([sys.executable, "-m", "rnncore.conform", "x:y"], capture_output=True, text=True, timeout=600)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert callable(of_torch(torch.nn.LSTM))
