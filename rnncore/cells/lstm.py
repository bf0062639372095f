"""The long short-term memory cell, with a forget gate and without peepholes."""

from __future__ import annotations

from rnncore.ops import sigmoid, tanh
from rnncore.types import Cell, Stage

__all__ = ["LSTM", "lstm_backward", "lstm_forward"]

GATES = ("i", "f", "g", "o")


def lstm_forward(a, u, inputs, own):
    """Compute i, f, o = sigmoid(a + u), g = tanh(a + u); C_t = f C_{t-1} + i g; h_t = o tanh(C_t), all elementwise.

    Equation: lstm-gates, lstm-state
    a, u, inputs, own: as `rnncore.types.Stage` has them. Returns outputs and what the backward pass needs.
    """
    _, C = inputs
    i, f, o = sigmoid(a[0] + u[0]), sigmoid(a[1] + u[1]), sigmoid(a[3] + u[3])
    g = tanh(a[2] + u[2])
    C_next = f * C + i * g
    m = tanh(C_next)
    return (o * m, C_next), (i, f, g, o, C, m)


def lstm_backward(doutputs, saved, own):
    """Gather dC_t from two routes, h_t and C_{t+1}; from it come the four gates and dC_{t-1} = f dC_t.

    Equation: lstm-state-backward, lstm-gates-backward
    doutputs, saved, own: as `rnncore.types.Stage` has them. Returns da, du, dinputs and down.
    """
    (dh, dC), (i, f, g, o, C, m) = doutputs, saved
    dC = dC + dh * o * (1 - m * m)
    da_i = dC * g * i * (1 - i)
    da_f = dC * C * f * (1 - f)
    da_g = dC * i * (1 - g * g)
    da_o = dh * m * o * (1 - o)
    da = (da_i, da_f, da_g, da_o)
    return da, da, (0 * dh, dC * f), ()


LSTM = Cell(name="LSTM", gates=GATES, state=("h", "C"), stages=(Stage(GATES, lstm_forward, lstm_backward),))
"""Long short-term memory. Hochreiter and Schmidhuber, 1997, with the forget gate of Gers and others, 2000."""
