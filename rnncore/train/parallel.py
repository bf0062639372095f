"""One training run in several processes, started by `torchrun`: each works on its part of every batch.

All processes draw the same global batch from the same generator and keep their part of it, `share`. `fit` adds up
losses, counts and gradients before it does anything with them, so parameters are the same everywhere, and those of a
run in one process to rounding. torch is imported only when WORLD_SIZE says that there are other processes.
"""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from rnncore import ops
from rnncore.types import Array

__all__ = ["EmptyShare", "World", "add_up", "agree", "cut", "gather", "hush", "share", "take_gpu", "world"]

Arrays = dict[str, Array]


class World(NamedTuple):
    """rank: this process's number, 0..size-1; size: how many there are; local: its number on this machine."""

    rank: int
    size: int
    local: int


class EmptyShare(Exception):
    """The batch has fewer sequences than there are processes, and none is for this one. `fit` counts it as nothing."""


def world() -> World:
    """Return this process among those that torchrun started; rank 0 of 1 without it.

    Raises RuntimeError when only a part of torchrun's environment is there.
    """
    size = os.environ.get("WORLD_SIZE", "1")
    if size == "1":
        return World(0, 1, 0)
    try:
        found = World(int(os.environ["RANK"]), int(size), int(os.environ["LOCAL_RANK"]))
    except (KeyError, ValueError) as error:
        raise RuntimeError(f"WORLD_SIZE is {size}, but RANK or LOCAL_RANK is missing: start with torchrun") from error
    if not 0 <= found.rank < found.size:
        raise RuntimeError(f"RANK: got {found.rank}, expected 0..{found.size - 1} for WORLD_SIZE = {found.size}")
    return found


def share(*items: Any) -> tuple[Any, ...]:
    """Return this process's part of a global batch. In one process: all of it, unchanged.

    items: arrays that hold the same B sequences, along the last axis if they are integers or booleans, (T, B) or
    (B,), along the last but one if they are floating, (T, B, D) or (B, F); None, which stays None; and a
    numpy.random.Generator, for dropout. The first B mod n of n processes get one sequence more than the others.
    The generator that comes back draws for the global batch and keeps the part, so that masks are those of one
    process; only its `random`, of shapes (..., b, D) with b sequences in the part, may be used.
    Raises ValueError when the arrays hold different numbers of sequences, EmptyShare when none is for this process.
    """
    if world().size == 1:
        return items
    arrays = [item for item in items if not (item is None or isinstance(item, np.random.Generator))]
    sizes = sorted({array.shape[_batch_axis(array)] for array in arrays})
    if len(sizes) != 1:
        raise ValueError(f"items: got batches of {sizes} sequences, expected arrays of one batch")
    part = _part(sizes[0])
    if part.start == part.stop:
        raise EmptyShare

    def mine(item: Any) -> Any:
        if item is None:
            return None
        if isinstance(item, np.random.Generator):
            return _Part(item, sizes[0], part)
        return ops.contiguous(cut(item))

    return tuple(mine(item) for item in items)


def cut(array: Array) -> Array:
    """Return this process's part of one array of a global batch, a view; an array without axes as it is.

    May be empty.
    """
    if not array.shape:
        return array
    axis = _batch_axis(array)
    place = [slice(None)] * len(array.shape)
    place[axis] = _part(array.shape[axis])
    return array[tuple(place)]


def add_up(found: tuple[float, int, Arrays] | None, params: Arrays) -> tuple[float, int, Arrays, bool]:
    """Add up all processes: total, count, the gradients of the global mean, and whether a process had nothing.

    found: this process's total, its count and the gradients of its own mean, shaped as params; None for nothing.
    All processes must call this, and all get the same values. One collective operation on one buffer, whose dtype
    is that of the gradients, float32 at least. Raises ValueError when the gradients do not fit params.
    """
    total, count, grads = found or (0.0, 0, {name: 0 * p for name, p in params.items()})
    got, expected = ({name: tuple(a.shape) for name, a in arrays.items()} for arrays in (grads, params))
    if got != expected:
        raise ValueError(f"grads: got shapes {got}, expected those of params, {expected}")
    xp, like = ops.namespace(*grads.values()), next(iter(grads.values()))
    wide = any(g.dtype == xp.float64 for g in grads.values())
    head = np.array([total, count, found is None], np.float64 if wide else np.float32)
    pieces = [ops.asarray_like(head, like), *(xp.reshape(grads[name] * count, (-1,)) for name in params)]
    flat = ops.concat(pieces, axis=0)
    torch, dist = _torch()
    dist.all_reduce(torch.from_numpy(flat) if isinstance(flat, np.ndarray) else flat)
    total, count, empty = (float(value) for value in ops.to_numpy(flat[:3]))
    mean, begin = flat[3:] / max(count, 1.0), 0
    summed: Arrays = {}
    for name, p in params.items():
        end = begin + int(np.prod(p.shape))
        summed[name] = xp.astype(xp.reshape(mean[begin:end], tuple(p.shape)), grads[name].dtype, copy=False)
        begin = end
    return total, round(count), summed, empty > 0


def agree(compute: Callable[[], Any]) -> Any:
    """Return what `compute` returns in rank 0, in all processes; the others do not call it.

    It must be possible to pickle.
    """
    if world().size == 1:
        return compute()
    found = [compute() if world().rank == 0 else None]
    _torch()[1].broadcast_object_list(found, src=0)
    return found[0]


def gather(carry: Arrays, rng: np.random.Generator) -> Arrays:
    """Join what all processes carry, in the order of `share`; NumPy arrays. In one process: carry as it is.

    Arrays without axes are taken from the first process that has them. Raises RuntimeError when the generators of the
    processes are no longer in one state, because then their batches are parts of different ones.
    rng: the generator that all processes draw from.
    """
    if world().size == 1:
        return carry
    parts: list[Any] = [None] * world().size
    here = {name: ops.to_numpy(array) for name, array in carry.items()}
    _torch()[1].all_gather_object(parts, (here, repr(rng.bit_generator.state)))
    if len({state for _, state in parts}) > 1:
        raise RuntimeError("rng: the processes drew different numbers; draw for the whole batch, then share it")
    carries = [part for part, _ in parts if part]
    first = carries[0] if carries else {}
    return {
        name: np.concatenate([part[name] for part in carries], axis=_batch_axis(array)) if array.shape else array
        for name, array in first.items()
    }


def hush() -> None:
    """Let only rank 0 write to standard output from here on. Errors of all processes are still written."""
    if world().rank:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - as long as the process lives


def take_gpu(device: str) -> None:
    """Make "cuda" mean the GPU of this process's local rank. Nothing in one process, or for a device without a GPU.

    Raises ValueError for a GPU with a number, which all processes would share, RuntimeError when there are too few.
    """
    if world().size == 1 or not device.startswith("cuda"):
        return
    if device != "cuda":
        raise ValueError(f"device: got {device!r}, expected 'cuda': each process takes the GPU of its local rank")
    import torch  # on request only

    if world().local >= torch.cuda.device_count():
        raise RuntimeError(f"device: got {torch.cuda.device_count()} GPUs, expected one for local rank {world().local}")
    torch.cuda.set_device(world().local)


class _Part(np.random.Generator):
    """The generator that `share` returns: it moves the state of the whole one on, as one process would."""

    def __init__(self, whole: np.random.Generator, B: int, part: slice) -> None:
        super().__init__(whole.bit_generator)
        self.B, self.part = B, part

    def random(self, size: Any = None, dtype: Any = np.float64, out: Any = None) -> Any:
        shape, b = np.atleast_1d([] if size is None else size).tolist(), self.part.stop - self.part.start
        if len(shape) < 2 or shape[-2] != b or out is not None:
            raise ValueError(f"size: got {size}, expected (..., {b}, D) and no out, in this process's part of a batch")
        return super().random((*shape[:-2], self.B, shape[-1]), dtype)[..., self.part, :]


def _part(B: int) -> slice:
    """Return where this process's sequences stand among B."""
    rank, size, _ = world()
    least, more = divmod(B, size)
    begin = rank * least + min(rank, more)
    return slice(begin, begin + least + (rank < more))


def _batch_axis(array: Array) -> int:
    """Return the batch axis, counted from the end: -1 for integers and booleans, -2 for floating arrays."""
    axis = -2 if ops.namespace(array).isdtype(array.dtype, ("real floating", "complex floating")) else -1
    if len(array.shape) < -axis:
        raise ValueError(f"items: got {array.dtype} of shape {tuple(array.shape)}, expected (..., B, D) or integers")
    return axis


@cache
def _torch() -> tuple[Any, Any]:
    """Return torch and torch.distributed, with the processes connected: gloo on the CPU, NCCL between GPUs."""
    import torch  # on request only
    import torch.distributed as dist

    if not dist.is_initialized():
        backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() and dist.is_nccl_available() else "gloo"
        # a process waits while rank 0 validates, however long; when one fails, torchrun ends the others
        dist.init_process_group(backend, timeout=timedelta(days=1))
        atexit.register(dist.destroy_process_group)  # else its threads abort, now and then, a process that is done
    return torch, dist
