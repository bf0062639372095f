"""The one door from layers to a driver. Which engine runs is decided here, and `explain` says why."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from rnncore.engines.checkpointed import Checkpoints, checkpointed_backward, checkpointed_scan
from rnncore.engines.record import Engine, device_of, dtype_of, tracked
from rnncore.scan import check_scan
from rnncore.types import Array, Cell, Params, State

__all__ = ["ENGINES", "Choice", "explain", "run", "run_backward", "step_engine"]

ENGINES: dict[str, tuple[str, ...]] = {
    "native": ("cuda",),  # torch's own layers, cuDNN on a GPU, for what they offer: there the known quantity
    "cuda": ("cuda",),  # compiled loops on a GPU
    "cpu": ("cpu",),  # compiled loops, for NumPy and torch on the CPU
    "reference": (),  # `rnncore.scan`, for every library and dtype
}
"""Every engine, by the name of the module of `rnncore.engines` that holds its record (`rnncore.engines.record.Engine`),
with the devices of whose arrays "auto" asks it. "auto" asks in this order, and takes the reference where none fits.
A module is imported when its engine is asked for the first time."""

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
    and compute that a second time in the backward pass: far less memory, for about a third more time.
    xs: (T, B, D). params: the weights, see `rnncore.types.Params`. lengths: (B,) integers in 0..T, or None.
    Raises ValueError for another name, or saying why the engine that was asked for cannot do this.
    """
    if engine != "reference":
        check_scan(cell, xs, state, params, lengths)
    chosen = _load(explain(cell, xs, state, params, lengths, engine=engine).engine)
    if checkpoint:
        return checkpointed_scan(cell, xs, state, params, lengths, drive=(chosen.forward, chosen.backward))
    return chosen.forward(cell, xs, state, params, lengths)


def run_backward(
    cell: Cell, dhs: Array, dstate: State | None, cache: Any, truncate: int | None = None
) -> tuple[Array, State, Params]:
    """Run the backward pass of `run`, by the engine that left the cache; see `rnncore.scan.scan_backward`.

    cell: that is driven. dhs: (T, B, H), the gradient on the outputs. dstate: the gradient on the final state, each
    part (B, H), or None. truncate: as in `rnncore.scan.scan_backward`.
    """
    if isinstance(cache, Checkpoints):
        return checkpointed_backward(cell, dhs, dstate, cache, truncate)
    engine = getattr(cache, "engine", None)  # caches say whose they are
    if engine not in ENGINES:
        raise TypeError(f"cache: got a {type(cache).__name__}, expected what `run` returned")
    return _load(engine).backward(cell, dhs, dstate, cache, truncate)


def explain(
    cell: Cell, xs: Array, state: State, params: Params, lengths: Array | None = None, *, engine: str = "auto"
) -> Choice:
    """Say which engine `run` takes for the same arguments, and why.

    cell: that is driven. xs: (T, B, D). state: the initial one, each part (B, H). params: the weights, see
    `rnncore.types.Params`. lengths: (B,) integers in 0..T, or None.
    Raises ValueError for an engine that is not known, or that cannot do this, saying why.
    """
    if engine not in ("auto", *ENGINES):
        raise ValueError(f"engine: got {engine!r}, expected 'auto' or one of {sorted(ENGINES)}")
    arrays = (xs, *state, *params[:3], *params.own)
    if engine != "auto":
        if why_not := _obstacle(engine, cell, arrays):
            raise ValueError(f"engine: got {engine!r}, which cannot be used: {why_not}")
        return Choice(engine, "asked for")
    if tracked(arrays):
        return Choice(
            "reference", "torch records the forward pass, and only the reference consists of what it can record"
        )
    milliseconds = _expected(cell, xs, params)
    if milliseconds < WORTH:
        return Choice("reference", f"about {milliseconds:.1f} ms of work, below {WORTH:g}: not worth another engine")
    obstacles = []
    for name in (name for name, devices in ENGINES.items() if device_of(xs) in devices):
        why_not = _obstacle(name, cell, arrays)
        if why_not is None:
            return Choice(name, f"about {milliseconds:.0f} ms of work for the reference; the engine fits the arrays")
        obstacles.append(f"not {name}, because {why_not}")
    return Choice("reference", "; ".join(obstacles) or f"no other engine is for arrays of {type(xs).__module__}")


def step_engine(cell: Cell, arrays: tuple[Array, ...]) -> tuple[Callable, Callable] | None:
    """Return what steps a cell in place, (layer, product), see `rnncore.engines.cpu.step`, or None where nothing does.

    arrays: all weights that will take part.
    """
    for name in (name for name, devices in ENGINES.items() if device_of(arrays[0]) in devices):
        if _obstacle(name, cell, arrays) is None and (step := _load(name).step) is not None:
            return step
    return None


def _expected(cell: Cell, xs: Array, params: Params) -> float:
    """Estimate the milliseconds of both passes by the reference on one core: 0.1 a step, and 30 million products a
    millisecond.
    """
    T, B, D = xs.shape
    rows, H = params.W.shape
    return T * len(cell.stages) * 0.1 + 3 * T * B * rows * (D + H) / 3e7


def _obstacle(name: str, cell: Cell, arrays: tuple[Array, ...]) -> str | None:
    """Return why an engine cannot run this, or None."""
    try:
        engine = _load(name)
    except ImportError as error:
        return str(error)
    if engine.plain:
        return engine.obstacle(cell, arrays[0])
    if len(dtypes := sorted(set(map(dtype_of, arrays)))) > 1:
        return f"the arrays are of several dtypes, {', '.join(dtypes)}"
    if tracked(arrays):
        return "torch records the forward pass here"
    return engine.obstacle(cell, arrays[0])


@cache
def _load(name: str) -> Engine:
    engine = import_module(f"rnncore.engines.{name}").ENGINE
    assert engine.name == name, f"{engine.name}: a record has the name of its module, {name}"
    return engine
