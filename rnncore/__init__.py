"""rnncore: recurrent neural networks with every gradient derived by hand.

Importing this package imports NumPy and nothing heavier. `rnncore.doctor()` says what it finds on this machine,
`rnncore.explain(...)` which engine a layer would run with, and why.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

__version__ = "0.2.0"

__all__ = ["__version__", "doctor", "explain"]

doctor: Callable[..., None]
explain: Callable[..., Any]
_LATER = {"doctor": "rnncore.engines.doctor", "explain": "rnncore.engines.choice"}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
