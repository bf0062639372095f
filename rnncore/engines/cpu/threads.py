"""Threads that each take a share of the rows. Set once, for the whole process."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from rnncore.ops import check_sizes

__all__ = ["parallel", "set_threads", "shares", "threads"]

_count: list[int] = []


def threads() -> int:
    """Return how many threads the CPU engine uses: those of `set_threads`, else OMP_NUM_THREADS, else one for each
    core.
    """
    if not _count:
        given = os.environ.get("OMP_NUM_THREADS", "").split(",")[0]
        _count.append(int(given) if given.isdigit() and int(given) else _cores())
    return _count[0]


def _cores() -> int:
    """Return the cores that this process may use, where the system says so."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def set_threads(count: int) -> None:
    """Use `count` threads from now on. Raises ValueError for a count below 1."""
    _count[:] = check_sizes(count=count)


def shares(rows: int, least: int) -> list[tuple[int, int]]:
    """Split rows 0..rows - 1 into as many shares (first, stop) as there are threads, but none of fewer than `least`
    rows.
    """
    parts = max(1, min(threads(), rows // least))
    bounds = [rows * k // parts for k in range(parts + 1)]
    return list(itertools.pairwise(bounds))


def parallel(work: Callable[[int, int], None], parts: list[tuple[int, int]]) -> None:
    """Run work(first, stop) for every share, each on a thread of its own; end with the last.

    parts: arrays.
    """
    others = [_pool(threads()).submit(work, *part) for part in parts[1:]]
    work(*parts[0])
    for other in others:
        other.result()


@cache
def _pool(count: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count, thread_name_prefix="rnncore")


if hasattr(os, "register_at_fork"):  # a child has the pool's memory, but none of its threads
    os.register_at_fork(after_in_child=_pool.cache_clear)
