"""Where units of work run: processes of this machine, or the workers of a Dask cluster. Same function, same results.

Both give (item, result) as they end, or (item, exception) for one that failed, and stop at once when they are closed.
Only a few items are loaded at a time, so a large class takes no more memory than a small one.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any, TypeVar

import psutil

from autograder.judge import InfrastructureError
from autograder.sandbox import cgroup

__all__ = ["INFRASTRUCTURE", "WorkerLost", "on_dask", "on_processes", "start_early"]

T = TypeVar("T")
PRELOAD = ["autograder.batch.parent_death", "autograder.startup", "autograder.batch.job", "autograder.checks"]
AHEAD = 3
"""Items handed out for each worker: one in work, and what it takes next."""


class WorkerLost(RuntimeError):
    """The machine or the process that did the work is gone."""


INFRASTRUCTURE = (InfrastructureError, BrokenProcessPool, WorkerLost, OSError)
"""Failures that say nothing about the work: try again."""


def start_early() -> Any:
    """Begin importing what the workers need, while this process imports its own."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    from multiprocessing.forkserver import ensure_running

    ensure_running()
    return context


def on_processes(
    jobs: int, work: Callable[[Any], Any], items: Iterable[T], load: Callable[[T], Any] = lambda item: item
) -> Generator[tuple[T, Any], None, None]:
    """Run `work(load(item))` for each item in processes of this machine, `jobs` at a time."""
    context = start_early()
    cores = sorted(os.sched_getaffinity(0))
    turn = context.Value("i", 0) if jobs >= len(cores) else None
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(turn, cores))
    try:
        left, futures = iter(items), dict[Future, T]()
        while True:
            for item in islice(left, AHEAD * jobs - len(futures)):
                futures[_submitted(pool, work, load, item)] = item
            if not futures:
                break
            for future in wait(futures, return_when=FIRST_COMPLETED).done:
                yield futures.pop(future), _outcome(future)
        pool.shutdown()
    finally:  # after an interrupt nobody waits for what is still running, nor for its sandboxes
        pool.shutdown(wait=False, cancel_futures=True)
        for process in [child for worker in multiprocessing.active_children() for child in _family(worker.pid)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        cgroup.sweep()


def on_dask(
    address: str, work: Callable[[Any], Any], items: Iterable[T], load: Callable[[T], Any] = lambda item: item
) -> Generator[tuple[T, Any], None, None]:
    """Run on the workers of the Dask scheduler at `address`, which have this package installed.

    Raises OSError when no scheduler answers there within ten seconds.
    """
    from dask.distributed import Client  # on request only
    from dask.distributed import as_completed as as_dask_completes
    from distributed.scheduler import KilledWorker

    with Client(address, timeout="10s") as client:
        left, futures = iter(items), dict[Any, T]()

        def more(count: int) -> Iterator[Any]:
            for item in islice(left, count):
                future = client.submit(work, load(item), pure=False, retries=0)
                futures[future] = item
                yield future

        try:
            ended = as_dask_completes(list(more(AHEAD * max(2, len(client.scheduler_info()["workers"])))))
            for future in ended:
                outcome = _outcome(future)
                if isinstance(outcome, KilledWorker) or future.status in ("cancelled", "lost"):
                    outcome = WorkerLost(f"a worker of {address} died more often than allowed")
                item = futures.pop(future)
                future.release()
                yield item, outcome
                ended.update(list(more(1)))
        finally:
            client.cancel(list(futures), force=True)


def _submitted(pool: ProcessPoolExecutor, work: Callable, load: Callable, item: Any) -> Future:
    """Return the future of one item; of a pool that broke, one that says so."""
    try:
        return pool.submit(work, load(item))
    except BrokenProcessPool as error:
        broken: Future = Future()
        broken.set_exception(error)
        return broken


def _outcome(future: Any) -> Any:
    try:
        return future.result()
    except Exception as error:
        return error


def _family(pid: int | None) -> list[psutil.Process]:
    """Return a process and all below it. A sandbox that is just being built does not yet die with its parent."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _begin(turn: Any, cores: list[int]) -> None:
    """Prepare a worker, before all else that it does.

    Ctrl-C goes to all processes of a terminal, and the parent decides; a parent that was killed cannot, and its workers
    end with it. Where there is a worker for each core, it stays on one with its sandbox: judge and student talk in
    turns, and a question costs a third less when it does not cross to another core.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from autograder.batch.parent_death import tie  # not above: importing it would tie the grader to who started it

    tie()
    if turn is not None:
        with turn.get_lock():
            mine, turn.value = turn.value, turn.value + 1
        os.sched_setaffinity(0, {cores[mine % len(cores)]})
