"""The gated recurrent unit in both variants: the reset gate after the product by W, or before it."""

from __future__ import annotations

from rnncore.ops import sigmoid, tanh
from rnncore.types import Cell, Stage

__all__ = [
    "GRU",
    "GRU_BEFORE",
    "gru_backward",
    "gru_before_backward",
    "gru_before_forward",
    "gru_forward",
    "gru_gates_backward",
    "gru_gates_forward",
]


def gru_forward(a, u, inputs, own):
    """Compute r, z = sigmoid(a + u); n = tanh(a_n + r (u_n + b_n)); h_t = (1 - z) n + z h_{t-1}: z keeps the old state.

    Equation: gru-gates, gru-candidate-after, gru-state
    a, u, inputs, own: as `rnncore.types.Stage` has them. Returns outputs and what the backward pass needs.
    """
    (h,), (b_n,) = inputs, own
    r, z = sigmoid(a[0] + u[0]), sigmoid(a[1] + u[1])
    q = u[2] + b_n
    n = tanh(a[2] + r * q)
    return ((1 - z) * n + z * h,), (r, z, n, q, h)


def gru_backward(doutputs, saved, own):
    """Return da and du, which differ in n: the reset gate stands between u_n and the candidate, so du_n = r da_n.

    Equation: gru-state-backward, gru-candidate-after-backward
    doutputs, saved, own: as `rnncore.types.Stage` has them. Returns da, du, dinputs and down.
    """
    (dh,), (r, z, n, q, h) = doutputs, saved
    da_z = dh * (h - n) * z * (1 - z)
    da_n = dh * (1 - z) * (1 - n * n)
    da_r = da_n * q * r * (1 - r)
    du_n = da_n * r
    return (da_r, da_z, da_n), (da_r, da_z, du_n), (dh * z,), (du_n,)


def gru_gates_forward(a, u, inputs, own):
    """Compute the first stage, reset before: r, z = sigmoid(a + u); the next one multiplies r h_{t-1} by its rows of W.

    Equation: gru-gates
    a, u, inputs, own: as `rnncore.types.Stage` has them. Returns outputs and what the backward pass needs.
    """
    (h,) = inputs
    r, z = sigmoid(a[0] + u[0]), sigmoid(a[1] + u[1])
    return (r * h, z), (r, z, h)


def gru_gates_backward(doutputs, saved, own):
    """Send dq, the gradient on r h_{t-1}, to both factors.

    Equation: gru-gates-backward
    doutputs, saved, own: as `rnncore.types.Stage` has them. Returns da, du, dinputs and down.
    """
    (dq, dz), (r, z, h) = doutputs, saved
    da = (dq * h * r * (1 - r), dz * z * (1 - z))
    return da, da, (dq * r,), ()


def gru_before_forward(a, u, inputs, own):
    """Compute the second stage: n = tanh(a_n + u_n) with u_n = W_n (r h_{t-1}); h_t = (1 - z) n + z h_{t-1}.

    Equation: gru-candidate-before, gru-state
    a, u, inputs, own: as `rnncore.types.Stage` has them. Returns outputs and what the backward pass needs.
    """
    h, z = inputs
    n = tanh(a[0] + u[0])
    return ((1 - z) * n + z * h,), (z, n, h)


def gru_before_backward(doutputs, saved, own):
    """Return what `gru_backward` does, with no reset gate between u_n and the candidate.

    Equation: gru-state-backward
    doutputs, saved, own: as `rnncore.types.Stage` has them. Returns da, du, dinputs and down.
    """
    (dh,), (z, n, h) = doutputs, saved
    da_n = dh * (1 - z) * (1 - n * n)
    return (da_n,), (da_n,), (dh * z, dh * (h - n)), ()


GRU = Cell(
    name="GRU",
    gates=("r", "z", "n"),
    state=("h",),
    stages=(Stage(("r", "z", "n"), gru_forward, gru_backward),),
    own=("b_n",),
)
"""The gated recurrent unit, reset after the product, as torch and cuDNN have it. Cho and others, 2014, version 1."""

GRU_BEFORE = Cell(
    name="GRU, reset before",
    gates=("r", "z", "n"),
    state=("h",),
    stages=(
        Stage(("r", "z"), gru_gates_forward, gru_gates_backward),
        Stage(("n",), gru_before_forward, gru_before_backward),
    ),
)
"""The gated recurrent unit, reset before the product: W (r h). Cho and others, 2014, as published."""
