"""The one door from layers to a driver. Which engine runs is decided here, and `explain` says why.

An engine is a pair (forward, backward), called like `rnncore.scan`'s.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from rnncore.engines.checkpointed import Checkpoints, checkpointed_backward, checkpointed_scan
from rnncore.scan import ScanCache, check_scan, scan, scan_backward
from rnncore.types import Array, Cell, Params, State

__all__ = ["ENGINES", "Choice", "explain", "run", "run_backward", "step_engine"]

ENGINES = ("reference", "cpu", "cuda", "native")
"""reference: `rnncore.scan`, for every library and dtype. cpu: compiled loops, for NumPy and torch on the CPU.
cuda: compiled loops on a GPU. native: torch's own layers, cuDNN on a GPU, for what they offer."""

WORTH = 5.0
"""Milliseconds that a pass by the reference must be expected to take before "auto" looks for another engine."""


class Choice(NamedTuple):
    """An engine, and the reason for it."""

    engine: str
    reason: str

    def __str__(self) -> str:
        return f"{self.engine}: {self.reason}"


def run(
    cell: Cell,
    xs: Array,
    state: State,
    params: Params,
    lengths: Array | None = None,
    *,
    engine: str = "auto",
    checkpoint: bool = False,
) -> tuple[Array, State, Any]:
    """Run a cell over a sequence with the engine of your choice; see `rnncore.scan.scan` for the arguments.

    engine: "auto", or one of `ENGINES`. checkpoint: keep the state at every ceil(sqrt(T)) steps and nothing between,
    and compute that a second time on the way back: far less memory, for about a third more time.
    Raises ValueError for another name, or saying why the engine that was asked for cannot do this.
    """
    if engine != "reference":
        check_scan(cell, xs, state, params, lengths)
    forward, backward = _pair(explain(cell, xs, state, params, lengths, engine=engine).engine)
    if checkpoint:
        return checkpointed_scan(cell, xs, state, params, lengths, drive=(forward, backward))
    return forward(cell, xs, state, params, lengths)


def run_backward(
    cell: Cell, dhs: Array, dstate: State | None, cache: Any, truncate: int | None = None
) -> tuple[Array, State, Params]:
    """The way back of `run`, by the engine that left the cache; see `rnncore.scan.scan_backward` for the arguments."""
    if isinstance(cache, ScanCache):
        return scan_backward(cell, dhs, dstate, cache, truncate)
    if isinstance(cache, Checkpoints):
        return checkpointed_backward(cell, dhs, dstate, cache, truncate)
    engine = getattr(cache, "engine", None)  # other engines' caches say whose they are
    if engine not in ENGINES:
        raise TypeError(f"cache: got a {type(cache).__name__}, expected what `run` returned")
    return _pair(engine)[1](cell, dhs, dstate, cache, truncate)


def explain(
    cell: Cell, xs: Array, state: State, params: Params, lengths: Array | None = None, *, engine: str = "auto"
) -> Choice:
    """Which engine `run` takes for the same arguments, and why.

    Raises ValueError for an engine that is not known, or that cannot do this, saying why.
    """
    if engine not in ("auto", *ENGINES):
        raise ValueError(f"engine: got {engine!r}, expected 'auto' or one of {sorted(ENGINES)}")
    arrays = (xs, *state, *params[:3], *params.own)
    if engine != "auto":
        if engine != "reference" and (why_not := _obstacle(engine, cell, arrays)):
            raise ValueError(f"engine: got {engine!r}, which cannot be used: {why_not}")
        return Choice(engine, "asked for")
    if _tracked(arrays):
        return Choice(
            "reference", "torch records the forward pass, and only the reference consists of what it can record"
        )
    milliseconds = _expected(cell, xs, params)
    if milliseconds < WORTH:
        return Choice("reference", f"about {milliseconds:.1f} ms of work, below {WORTH:g}: not worth another engine")
    obstacles = []
    for name in ("native", "cuda") if _device(xs) == "cuda" else ("cpu",):  # cuDNN is the known quantity on a GPU
        why_not = _obstacle(name, cell, arrays)
        if why_not is None:
            return Choice(name, f"about {milliseconds:.0f} ms of work for the reference; the engine fits the arrays")
        obstacles.append(f"not {name}, because {why_not}")
    return Choice("reference", "; ".join(obstacles))


def step_engine(cell: Cell, arrays: tuple[Array, ...]) -> tuple[Callable, Callable] | None:
    """What steps a cell in place, see `rnncore.engines.cpu.step`: (CpuStep, Product), or None where they do not fit.

    arrays: all weights that will take part.
    """
    if _obstacle("cpu", cell, arrays) is not None:
        return None
    from rnncore.engines.cpu.step import CpuStep, Product

    return CpuStep, Product


def _expected(cell: Cell, xs: Array, params: Params) -> float:
    """Milliseconds for both passes by the reference on one core: 0.1 a step, and 30 million products a millisecond."""
    T, B, D = xs.shape
    rows, H = params.W.shape
    return T * len(cell.stages) * 0.1 + 3 * T * B * rows * (D + H) / 3e7


def _obstacle(engine: str, cell: Cell, arrays: tuple[Array, ...]) -> str | None:
    """Why an engine cannot run this, or None."""
    xs, dtypes = arrays[0], sorted({str(x.dtype).removeprefix("torch.") for x in arrays})
    device, dtype = _device(xs), dtypes[0]
    if len(dtypes) > 1:
        return f"the arrays are of several dtypes, {', '.join(dtypes)}"
    if _tracked(arrays):
        return "torch records the forward pass here"
    if engine == "cpu":
        if device != "cpu":
            return f"the arrays are of {device or type(xs).__module__}"
        if dtype not in ("float32", "float64"):
            return f"the dtype is {dtype}, not float32 or float64"
        return _uncompilable(cell)
    if engine == "cuda":
        if device != "cuda":
            return "the arrays are not on a CUDA device"
        from rnncore.engines.cuda import obstacle

        return obstacle(cell, dtype)
    if device not in ("cpu", "cuda") or isinstance(xs, np.ndarray):
        return "the arrays are not torch's"
    from rnncore.engines.native import obstacle

    return obstacle(cell, dtype)


def _device(xs: Array) -> str | None:
    """Of NumPy "cpu", of torch the kind of device, "cpu" or "cuda" say; None for any other library."""
    if isinstance(xs, np.ndarray):
        return "cpu"
    torch = sys.modules.get("torch")
    return xs.device.type if torch is not None and isinstance(xs, torch.Tensor) else None


def _tracked(arrays: tuple[Array, ...]) -> bool:
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(arrays[0], torch.Tensor) or not torch.is_grad_enabled():
        return False
    return any(x.requires_grad for x in arrays)


@cache
def _uncompilable(cell: Cell) -> str | None:
    if importlib.util.find_spec("numba") is None:
        return "numba is not installed"
    from rnncore.engines.cpu import generate

    try:
        generate(cell, "float32")
    except ValueError as error:
        return str(error)
    return None


def _pair(engine: str) -> tuple[Callable, Callable]:
    """An engine's functions, loaded on request."""
    if engine == "cpu":
        from rnncore.engines.cpu import cpu_scan, cpu_scan_backward

        return cpu_scan, cpu_scan_backward
    if engine == "cuda":
        from rnncore.engines.cuda import cuda_scan, cuda_scan_backward

        return cuda_scan, cuda_scan_backward
    if engine == "native":
        from rnncore.engines.native import native_scan, native_scan_backward

        return native_scan, native_scan_backward
    return scan, scan_backward
