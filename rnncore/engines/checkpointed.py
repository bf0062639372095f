"""Square-root checkpointing: keep one state in sqrt(T), and compute the rest a second time in the backward pass.

With chunks of n steps the T / n states at their starts are kept, and in the backward pass the n steps of one chunk at a
time: at n = sqrt(T) both are sqrt(T), for one more forward pass. Chen, Xu, Zhang and Guestrin, 2016, for layers;
Martens and Sutskever, 2012, for time.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import NamedTuple

from rnncore import ops
from rnncore.scan import check_backward, check_scan, scan, scan_backward
from rnncore.types import Array, Cell, Params, State

__all__ = ["Checkpoints", "checkpointed_backward", "checkpointed_scan"]


class Checkpoints(NamedTuple):
    """What `checkpointed_scan` leaves for the backward pass: its arguments, and the state before each n steps."""

    drive: tuple[Callable, Callable]
    xs: Array
    params: Params
    lengths: Array | None
    n: int
    states: tuple[State, ...]


def checkpointed_scan(
    cell: Cell,
    xs: Array,
    state: State,
    params: Params,
    lengths: Array | None = None,
    drive: tuple[Callable, Callable] = (scan, scan_backward),
) -> tuple[Array, State, Checkpoints]:
    """Run `rnncore.scan.scan` with a cache that holds the state before each chunk of ceil(sqrt(T)) steps and no other.

    xs: (T, B, D). state: each part (B, H). lengths: (B,) integers in 0..T, or None. drive: the engine for the chunks.
    cell: that is driven. params: the weights, see `rnncore.types.Params`.
    Returns hs (T, B, H), the final state, and a cache for `checkpointed_backward`.
    Raises TypeError or ValueError, naming the argument, as `scan` does.
    """
    check_scan(cell, xs, state, params, lengths)
    T = xs.shape[0]
    n = math.isqrt(T - 1) + 1
    hs, states = None, []
    for start in range(0, T, n):
        states.append(state)
        stop = min(start + n, T)
        some, state, kept = drive[0](cell, xs[start:stop, ...], state, params, _within(lengths, start, stop))
        hs = ops.zeros((T, *some.shape[1:]), some) if hs is None else hs
        hs[start:stop, ...] = some
        del some, kept  # or they would lie beside those of the next chunk
    assert hs is not None  # there is at least one step
    return ops.read_only(hs), state, Checkpoints(drive, xs, params, lengths, n, tuple(states))


def checkpointed_backward(
    cell: Cell, dhs: Array, dstate: State | None, cache: Checkpoints, truncate: int | None = None
) -> tuple[Array, State, Params]:
    """Run the backward pass of `checkpointed_scan`, from the last chunk to the first; each is computed again first.

    dhs: (T, B, H). dstate: the gradient on the final state, or None. truncate: no gradient crosses from step t to the
    one before when t, counted from 0, is a multiple of it; a chunk is cut there as well.
    cell: that is driven. cache: what the forward pass returned.
    Returns dxs (T, B, D), the gradient on the initial state, and the gradients of the parameters.
    Raises TypeError or ValueError, naming the argument, as `scan_backward` does.
    """
    if not isinstance(cache, Checkpoints):
        raise TypeError(f"cache: got a {type(cache).__name__}, expected Checkpoints, from `checkpointed_scan`")
    (forward, backward), xs, params, lengths, n, states = cache
    check_backward(cell, dhs, dstate, xs, params, truncate)
    T, total, dxs = xs.shape[0], None, None
    for index in range(len(states) - 1, -1, -1):
        start, stop = index * n, min((index + 1) * n, T)
        cuts = [] if truncate is None else [t for t in range(start + 1, stop) if t % truncate == 0]
        pieces, state = [], states[index]
        for first, last in itertools.pairwise([start, *cuts, stop]):
            _, state, kept = forward(cell, xs[first:last, ...], state, params, _within(lengths, first, last))
            pieces.append((first, last, kept))
        while pieces:
            first, last, kept = pieces.pop()
            if adds := total is not None and hasattr(kept, "add_to"):
                kept.add_to = total  # an engine that can add needs no second set of gradients
            dx, dstate, d = backward(cell, dhs[first:last, ...], dstate, kept)
            dxs = ops.zeros((T, *dx.shape[1:]), dx) if dxs is None else dxs
            dxs[first:last, ...] = dx
            del dx, kept
            if truncate is not None and first > 0 and first % truncate == 0:
                dstate = tuple(ops.zeros(part.shape, part) for part in state)
            total = d if total is None or adds else _sum(total, d)
    assert dstate is not None and total is not None and dxs is not None  # there is at least one step
    return dxs, dstate, total


def _within(lengths, start, stop):
    """Return how many of the steps start..stop - 1 lie inside each sequence."""
    return None if lengths is None else ops.namespace(lengths).clip(lengths - start, 0, stop - start)


def _sum(left: Params, right: Params) -> Params:
    V, W, b = (x + y for x, y in zip(left[:3], right[:3]))
    return Params(V, W, b, tuple(x + y for x, y in zip(left.own, right.own)))
