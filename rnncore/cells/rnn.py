"""The vanilla recurrent cell."""

from __future__ import annotations

from rnncore.ops import tanh
from rnncore.types import Cell, Stage

__all__ = ["RNN", "rnn_backward", "rnn_forward"]


def rnn_forward(a, u, inputs, own):
    """h_t = tanh(z_t) with z_t = a + u, where a = V x_t + b and u = W h_{t-1}.

    Equation: rnn-step
    """
    (a,), (u,) = a, u
    h = tanh(a + u)
    return (h,), (h,)


def rnn_backward(doutputs, saved, own):
    """dz_t = (1 - h_t^2) * dh_t, because tanh' = 1 - tanh^2. The state enters through W alone, hence the zero.

    Equation: rnn-step-backward
    """
    (dh,), (h,) = doutputs, saved
    dz = (1 - h * h) * dh
    return (dz,), (dz,), (0 * dh,), ()


RNN = Cell(name="RNN", gates=("z",), state=("h",), stages=(Stage(("z",), rnn_forward, rnn_backward),))
"""The vanilla recurrent cell with tanh. Elman, 1990."""
