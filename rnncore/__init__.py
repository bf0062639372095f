"""rnncore: recurrent neural networks with every gradient derived by hand.

    import rnncore as rc
    layer = rc.LSTM(3, 5)                     # D inputs, H units; rc.GRU and rc.RNN likewise
    ys, state = layer(xs)                     # xs (T, B, 3), time first
    dxs, dstate, grads = layer.backward(dys)  # the gradients, by the equations of the book

Importing this package imports NumPy and nothing heavier. `rnncore.doctor()` says what it finds on this machine,
`rnncore.explain(...)` which engine a layer would run with, and why.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

__version__ = "0.2.0"

__all__ = ["GRU", "LSTM", "RNN", "Layer", "__version__", "doctor", "explain"]

doctor: Callable[..., None]
explain: Callable[..., Any]
GRU: Callable[..., Any]
LSTM: Callable[..., Any]
RNN: Callable[..., Any]
Layer: type[Any]
_LATER = {"doctor": "rnncore.engines.doctor", "explain": "rnncore.engines.choice"}
_LATER |= dict.fromkeys(("GRU", "LSTM", "RNN", "Layer"), "rnncore.front")


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
