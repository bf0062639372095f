"""The vanilla recurrent cell, with tanh and with ReLU."""

from __future__ import annotations

from rnncore.ops import relu, tanh, where
from rnncore.types import Cell, Stage

__all__ = ["RELU_RNN", "RNN", "relu_rnn_backward", "relu_rnn_forward", "rnn_backward", "rnn_forward"]


def rnn_forward(a, u, inputs, own):
    """Compute h_t = tanh(z_t) with z_t = a + u, where a = V x_t + b and u = W h_{t-1}.

    Equation: rnn-step
    a, u, inputs, own: as `rnncore.types.Stage` has them. Returns outputs and what the backward pass needs.
    """
    (a,), (u,) = a, u
    h = tanh(a + u)
    return (h,), (h,)


def rnn_backward(doutputs, saved, own):
    """Compute dz_t = (1 - h_t^2) * dh_t, because tanh' = 1 - tanh^2. The state enters through W alone, hence the zero.

    Equation: rnn-step-backward
    doutputs, saved, own: as `rnncore.types.Stage` has them. Returns da, du, dinputs and down.
    """
    (dh,), (h,) = doutputs, saved
    dz = (1 - h * h) * dh
    return (dz,), (dz,), (0 * dh,), ()


def relu_rnn_forward(a, u, inputs, own):
    """Compute h_t = max(0, z_t) with z_t = a + u.

    Equation: relu-rnn-step
    a, u, inputs, own: as `rnncore.types.Stage` has them. Returns outputs and what the backward pass needs.
    """
    (a,), (u,) = a, u
    h = relu(a + u)
    return (h,), (h,)


def relu_rnn_backward(doutputs, saved, own):
    """Compute dz_t = dh_t where h_t > 0, else 0. At z_t = 0 the derivative is taken as 0.

    Equation: relu-rnn-step-backward
    doutputs, saved, own: as `rnncore.types.Stage` has them. Returns da, du, dinputs and down.
    """
    (dh,), (h,) = doutputs, saved
    dz = where(h != 0, dh, 0 * dh)
    return (dz,), (dz,), (0 * dh,), ()


RNN = Cell(name="RNN", gates=("z",), state=("h",), stages=(Stage(("z",), rnn_forward, rnn_backward),))
"""The vanilla recurrent cell with tanh. Elman, 1990."""

RELU_RNN = Cell(
    name="ReLU RNN", gates=("z",), state=("h",), stages=(Stage(("z",), relu_rnn_forward, relu_rnn_backward),)
)
"""The vanilla recurrent cell with max(0, z) for tanh."""
