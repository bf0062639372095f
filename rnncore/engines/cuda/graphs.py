"""A loop of many small launches, recorded once as a CUDA graph and played again: Python is out of the way."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import NamedTuple

import torch

__all__ = ["play"]

MOST = 8
"""Graphs that are kept, each with buffers of its own."""


class _Recorded(NamedTuple):
    graph: torch.cuda.CUDAGraph
    buffers: list[torch.Tensor]


_kept: OrderedDict[Hashable, _Recorded] = OrderedDict()


def play(key: Hashable, loop: Callable[..., None], buffers: list[torch.Tensor], written: list[int]) -> None:
    """Run loop(*buffers), which launches kernels and does nothing else; as a graph where there can be one.

    key: what the launches depend on beside shapes and dtypes. written: which of the buffers the loop writes to.
    RNNCORE_CUDA_GRAPHS=0 in the environment turns graphs off.
    """
    if buffers[0].device.type != "cuda" or os.environ.get("RNNCORE_CUDA_GRAPHS") == "0":
        return loop(*buffers)
    if torch.cuda.is_current_stream_capturing():  # the caller records a graph of its own
        return loop(*buffers)
    whole = (key, buffers[0].device, *((tuple(x.shape), x.dtype) for x in buffers))
    recorded = _kept.get(whole) or _record(loop, buffers)
    _kept[whole] = recorded
    _kept.move_to_end(whole)
    while len(_kept) > MOST:
        _kept.popitem(last=False)
    for inside, outside in zip(recorded.buffers, buffers):
        inside.copy_(outside)
    recorded.graph.replay()
    for k in written:
        buffers[k].copy_(recorded.buffers[k])
    return None


def _record(loop: Callable[..., None], buffers: list[torch.Tensor]) -> _Recorded:
    """The loop over buffers of its own; run once before, so that every kernel is compiled and every library ready."""
    own = [x.clone() for x in buffers]
    aside = torch.cuda.Stream()
    aside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(aside):
        loop(*own)
    torch.cuda.current_stream().wait_stream(aside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        loop(*own)
    return _Recorded(graph, own)
