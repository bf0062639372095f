"""A loop of many small launches, recorded once as a CUDA graph and played again: Python is out of the way.

A graph reads and writes buffers of its own, so what goes in is copied there, and what comes out is copied back.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

import torch

__all__ = ["capturable", "capture", "forget", "play"]

MOST, REMEMBERED = 8, 256
"""Graphs that are kept, and arguments of which it is known that they were seen."""
SHARE = 0.1
"""Of a device's memory, what the buffers of all graphs may take."""

Loop = Callable[..., None]
Tensors = Sequence[torch.Tensor]


class _Recorded(NamedTuple):
    replay: Callable[[], object]
    buffers: list[torch.Tensor]
    size: int


_kept: OrderedDict[Hashable, _Recorded] = OrderedDict()
_seen: OrderedDict[Hashable, bool] = OrderedDict()
"""Arguments that came once; True where a graph was tried in vain."""
_lock = threading.Lock()


def play(
    key: Hashable, loop: Loop, buffers: Sequence[torch.Tensor], read: Sequence[int], written: Sequence[int]
) -> None:
    """Run loop(*buffers), which launches kernels and does nothing else; as a graph from the second time on.

    key: what the launches depend on beside shapes and dtypes. read, written: the buffers whose numbers the loop needs,
    and those it leaves numbers in. Recording costs as much as a few plain runs, so sizes that come once get none.
    RNNCORE_CUDA_GRAPHS=0 in the environment turns graphs off.
    """
    device = buffers[0].device
    if os.environ.get("RNNCORE_CUDA_GRAPHS") == "0" or not capturable(device):
        return loop(*buffers)
    sizes = tuple((tuple(x.shape), x.dtype) for x in buffers)
    whole = (key, device, _stream(device), torch.backends.cuda.matmul.fp32_precision, sizes)
    with _lock:
        recorded = _kept.get(whole) or _recorded(whole, loop, buffers)
        if recorded is None:
            return loop(*buffers)
        _kept.move_to_end(whole)
        for k in read:
            recorded.buffers[k].copy_(buffers[k])
        recorded.replay()
        for k in written:
            buffers[k].copy_(recorded.buffers[k])
    return None


def forget() -> None:
    """Drop all graphs and their buffers."""
    with _lock:
        _kept.clear()
        _seen.clear()


def capturable(device: torch.device) -> bool:
    """Say whether launches on this device can be recorded now. Not where the caller records a graph of its own."""
    return device.type == "cuda" and not torch.cuda.is_current_stream_capturing()


def capture(loop: Loop, buffers: Tensors) -> Callable[[], object]:
    """Return what plays loop(*buffers) again.

    It runs once before, so that all kernels are compiled and libraries ready.
    """
    aside = torch.cuda.Stream()
    aside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(aside):
        loop(*buffers)
    torch.cuda.current_stream().wait_stream(aside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, capture_error_mode="thread_local"):
        loop(*buffers)
    return graph.replay


def _recorded(whole: Hashable, loop: Loop, buffers: Tensors) -> _Recorded | None:
    """Return a new graph, or None: the first time, where its buffers would be too large, or where it does not work."""
    size = sum(x.numel() * x.element_size() for x in buffers)
    if _seen.get(whole, True) or size > (room := SHARE * _memory(buffers[0].device)):
        if whole not in _seen:
            _seen[whole] = False
            while len(_seen) > REMEMBERED:
                _seen.popitem(last=False)
        return None
    while _kept and (len(_kept) >= MOST or size + sum(other.size for other in _kept.values()) > room):
        _kept.popitem(last=False)
    own = [x.clone() for x in buffers]
    try:
        _kept[whole] = _Recorded(capture(loop, own), own, size)
    except RuntimeError as error:  # plain launches give the same numbers
        _seen[whole] = True
        print(f"rnncore: no CUDA graph, each step is launched by itself: {error}", file=sys.stderr)
        return None
    return _kept[whole]


def _stream(device: torch.device) -> int:
    """Return the stream: two must not share a graph's buffers."""
    return torch.cuda.current_stream(device).cuda_stream if device.type == "cuda" else 0


def _memory(device: torch.device) -> float:
    """Return the memory of a device, in bytes."""
    return torch.cuda.get_device_properties(device).total_memory if device.type == "cuda" else 2.0**30
