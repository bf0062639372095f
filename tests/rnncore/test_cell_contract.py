"""The cell contract: every cell under one driver, against autograd.

The layer-normalised LSTM lives here on purpose: it shows that a new cell, even one that needs whole rows, is a pair of
functions and a `Cell`, with no change anywhere else.
"""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from rnncore.cells import CELLS as SHIPPED
from rnncore.engines import run, run_backward
from rnncore.ops import namespace, sigmoid, tanh
from rnncore.types import Cell, Params, Stage


def normalise(x):
    xp = namespace(x)
    centred = x - xp.mean(x, axis=-1, keepdims=True)
    scale = (xp.mean(centred * centred, axis=-1, keepdims=True) + 1e-5) ** -0.5
    return centred * scale, scale


def normalise_backward(dy, y, scale):
    xp = namespace(dy)
    mean = xp.mean(dy, axis=-1, keepdims=True)
    return scale * (dy - mean - y * xp.mean(dy * y, axis=-1, keepdims=True))


def ln_lstm_forward(a, u, inputs, own):
    """Normalise each recurrent gate and the cell state, with a gain for the latter."""
    h, C = inputs
    normed = [normalise(x) for x in u]
    v = [x for x, _ in normed]
    i, f, o = (sigmoid(a[k] + v[k]) for k in (0, 1, 3))
    g = tanh(a[2] + v[2])
    C_next = f * C + i * g
    y, scale = normalise(C_next)
    m = tanh(own[0] * y)
    return (o * m, C_next), (normed, i, f, g, o, C, m, y, scale)


def ln_lstm_backward(doutputs, saved, own):
    (dh, dC), (normed, i, f, g, o, C, m, y, scale) = doutputs, saved
    dy = dh * o * (1 - m * m)
    dC = dC + normalise_backward(dy * own[0], y, scale)
    da = (dC * g * i * (1 - i), dC * C * f * (1 - f), dC * i * (1 - g * g), dh * m * o * (1 - o))
    du = tuple(normalise_backward(d, x, s) for d, (x, s) in zip(da, normed))
    return da, du, (0 * dh, dC * f), (dy * y,)


IFGO = ("i", "f", "g", "o")


def from_contributing():
    """Return the example cell of CONTRIBUTING.md, as it stands there."""
    text = (Path(__file__).resolve().parents[2] / "CONTRIBUTING.md").read_text()
    scope: dict = {}
    code = re.search(r"## Add a cell\n.*?```python\n(.*?)```", text, re.DOTALL)
    assert code
    exec(code[1], scope)
    return scope["PEEPHOLE"]


CELLS = [
    *SHIPPED.values(),
    from_contributing(),
    Cell(
        "LSTM, layer norm",
        IFGO,
        ("h", "C"),
        (Stage(IFGO, ln_lstm_forward, ln_lstm_backward, rowwise=True),),
        own=("gain",),
    ),
]


def problem(cell, T=6, B=3, D=4, H=5, seed=0):
    """Return random arrays of distinct sizes, nonzero states, and a random gradient on every output."""
    rng = np.random.default_rng(seed)
    G = len(cell.gates)
    params = Params(
        rng.normal(size=(G * H, D)),
        rng.normal(size=(G * H, H)),
        rng.normal(size=G * H),
        tuple(rng.normal(size=H) for _ in cell.own),
    )
    state = tuple(rng.normal(size=(B, H)) for _ in cell.state)
    dhs = rng.normal(size=(T, B, H))
    dstate = tuple(rng.normal(size=(B, H)) for _ in cell.state)
    return rng.normal(size=(T, B, D)), state, params, dhs, dstate


@pytest.mark.engines
@pytest.mark.parametrize("lengths", [None, [6, 1, 3]], ids=["full", "lengths"])
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_hand_written_backward_equals_autograd_through_the_same_forward(cell, lengths):
    xs, state, params, dhs, dstate = problem(cell)
    lengths = None if lengths is None else np.array(lengths)
    _, _, cache = run(cell, xs, state, params, lengths)
    dxs, dstate0, dparams = run_backward(cell, dhs, dstate, cache)

    leaf = lambda array: torch.tensor(array, requires_grad=True)  # noqa: E731
    t_xs, t_state = leaf(xs), tuple(leaf(s) for s in state)
    t_params = Params(*(leaf(p) for p in params[:3]), own=tuple(leaf(p) for p in params.own))
    hs, final, _ = run(cell, t_xs, t_state, t_params, None if lengths is None else torch.tensor(lengths))
    loss = (hs * torch.tensor(dhs)).sum() + sum((s * torch.tensor(d)).sum() for s, d in zip(final, dstate))
    leaves = [t_xs, *t_state, *t_params[:3], *t_params.own]
    expected = torch.autograd.grad(loss, leaves)

    for ours, theirs in zip([dxs, *dstate0, *dparams[:3], *dparams.own], expected, strict=True):
        assert np.abs(ours - theirs.numpy()).max() <= 1e-12 * np.abs(theirs.numpy()).max()


def test_a_cell_whose_stages_do_not_cover_its_gates_is_refused():
    with pytest.raises(ValueError, match="gates"):
        Cell("broken", ("r", "z"), ("h",), (Stage(("r",), ln_lstm_forward, ln_lstm_backward),))
