"""The front door: layers that own their parameters, the tour's page and its loop, and the three lines of the README."""

import re
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import rnncore as rc
from rnncore.cells import CELLS
from rnncore.layers import Recurrent

ROOT = Path(__file__).resolve().parents[2]
KINDS: dict[str, Any] = {"LSTM": rc.LSTM, "GRU": rc.GRU, "RNN": rc.RNN}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", [{}, {"layers": 2, "bidirectional": True}])
def test_a_layer_is_torchs_and_goes_there_and_back(kind, options):
    layer = KINDS[kind](3, 5, seed=1, **options)
    more = {"num_layers": options.get("layers", 1), "bidirectional": options.get("bidirectional", False)}
    module = getattr(torch.nn, kind)(3, 5, **more, dtype=torch.float64)
    module.load_state_dict(layer.state_dict())
    xs = torch.randn(7, 2, 3, dtype=torch.float64, requires_grad=True)
    theirs, _ = module(xs)
    ys, state = layer(xs.detach().numpy())
    np.testing.assert_allclose(ys, theirs.detach().numpy(), atol=1e-13)
    dys = np.random.default_rng(0).normal(size=ys.shape)
    theirs.backward(torch.asarray(dys))
    assert xs.grad is not None
    dxs, dstate, grads = layer.backward(dys)
    np.testing.assert_allclose(dxs, xs.grad.numpy(), atol=1e-12)
    assert grads.keys() == layer.params.keys() and len(dstate) == len(state)
    again = KINDS[kind](3, 5, **options).load_state_dict(module.state_dict())
    assert all((again.params[name] == p).all() for name, p in layer.params.items())
    with pytest.raises(ValueError, match="state_dict: got shapes"):
        KINDS[kind](4, 5, **options).load_state_dict(module.state_dict())


def test_what_is_wrong_is_named():
    with pytest.raises(ValueError, match="H: got 0, expected an integer"):
        rc.LSTM(3, 0)
    with pytest.raises(ValueError, match="nonlinearity: got 'step'"):
        rc.RNN(3, 5, "step")
    with pytest.raises(RuntimeError, match="expected a call of the layer first"):
        rc.GRU(3, 5).backward(np.zeros((1, 1, 5)))
    with pytest.raises(AttributeError, match="has no attribute 'Elman'"):
        _ = rc.Elman  # type: ignore[attr-defined]


def test_any_cell_can_be_a_layer_and_torch_can_hold_it():
    layer = rc.Layer.of(CELLS["relu"], 2, 3, dtype=np.float32).to("torch")
    ys, _ = layer(torch.ones(4, 1, 2))
    assert ys.dtype == torch.float32 and isinstance(layer.layer, Recurrent)


def test_the_loop_fits_on_a_screen_and_learns():
    text = (ROOT / "book/tour_loop.py").read_text()
    assert len(text.splitlines()) <= 80
    done = runpy.run_path(str(ROOT / "book/tour_loop.py"))
    assert done["losses"][-1] < 0.5 < 2 < done["losses"][0] and done["written"].startswith("t")


def test_the_cells_of_the_tour_run(monkeypatch, capsys):
    monkeypatch.chdir(ROOT / "book")
    cells, names = re.findall(r"```\{code-cell\} ipython3\n(.*?)```", Path("tour.md").read_text(), re.DOTALL), {}
    for cell in cells:
        exec(cell, names)
    printed = capsys.readouterr().out
    assert "relative error" in printed and "reference: " in printed


@pytest.mark.parametrize("page", ["README.md", "book/api.md"])
def test_the_lines_on_the_front_run(page):
    code = re.search(r"```python\n(import rnncore as rc\n.*?)```", (ROOT / page).read_text(), re.DOTALL)
    assert code and len([line for line in code[1].splitlines()[1:] if line]) <= 3  # after the import
    names: dict[str, Any] = {"xs": np.ones((7, 2, 3)), "dys": np.ones((7, 2, 5))}
    exec(code[1], names)
    assert names["dxs"].shape == (7, 2, 3) and names["ys"].shape == (7, 2, 5)
