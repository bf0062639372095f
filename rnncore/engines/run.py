"""The one door from layers to a driver. An engine is a pair (forward, backward), called like `rnncore.scan`'s."""

from __future__ import annotations

from typing import Any

from rnncore.engines.checkpointed import checkpointed_backward, checkpointed_scan
from rnncore.scan import scan, scan_backward
from rnncore.types import Array, Cell, Params, State

__all__ = ["run", "run_backward"]

ENGINES = {
    "reference": (scan, scan_backward),
    "checkpointed": (checkpointed_scan, checkpointed_backward),
}


def _engine(name: str):
    chosen = "reference" if name == "auto" else name
    if chosen not in ENGINES:
        raise ValueError(f"engine: got {name!r}, expected 'auto' or one of {sorted(ENGINES)}")
    return ENGINES[chosen]


def run(
    cell: Cell, xs: Array, state: State, params: Params, lengths: Array | None = None, *, engine: str = "auto"
) -> tuple[Array, State, Any]:
    """Run a cell over a sequence with the engine of your choice; see `rnncore.scan.scan` for the arguments."""
    return _engine(engine)[0](cell, xs, state, params, lengths)


def run_backward(
    cell: Cell,
    dhs: Array,
    dstate: State | None,
    cache: Any,
    truncate: int | None = None,
    *,
    engine: str = "auto",
) -> tuple[Array, State, Params]:
    """The way back of `run`, with the same engine; see `rnncore.scan.scan_backward` for the arguments."""
    return _engine(engine)[1](cell, dhs, dstate, cache, truncate)
