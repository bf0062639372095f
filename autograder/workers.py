"""Where units of work run: processes of this machine, or the workers of a Dask cluster. Same function, same results.

Both give (item, result) as they end, or (item, exception) for one that failed, and stop at once when they are closed.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

import psutil

from autograder.judge import InfrastructureError

__all__ = ["INFRASTRUCTURE", "WorkerLost", "on_dask", "on_processes"]

T = TypeVar("T")


class WorkerLost(RuntimeError):
    """The machine or the process that did the work is gone."""


INFRASTRUCTURE = (InfrastructureError, BrokenProcessPool, WorkerLost, OSError)
"""Failures that say nothing about the work: try again."""


def on_processes(jobs: int, work: Callable[[T], Any], items: Sequence[T]) -> Generator[tuple[T, Any], None, None]:
    """Run in processes of this machine, `jobs` at a time."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(max_workers=jobs, mp_context=context, initializer=_ignore_interrupts)
    try:
        futures: dict[Future, T] = {pool.submit(work, item): item for item in items}
        for future in as_completed(futures):
            yield futures[future], _outcome(future)
        pool.shutdown()
    finally:  # after an interrupt nobody waits for what is still running, nor for its sandboxes
        pool.shutdown(wait=False, cancel_futures=True)
        for process in [child for worker in multiprocessing.active_children() for child in _family(worker.pid)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


def on_dask(address: str, work: Callable[[T], Any], items: Sequence[T]) -> Generator[tuple[T, Any], None, None]:
    """Run on the workers of the Dask scheduler at `address`, which have this package installed.

    Raises OSError when no scheduler answers there within ten seconds.
    """
    from dask.distributed import Client  # on request only
    from dask.distributed import as_completed as as_dask_completes
    from distributed.scheduler import KilledWorker

    with Client(address, timeout="10s") as client:
        futures = dict(zip(client.map(work, items, pure=False, retries=0), items))
        try:
            for future in as_dask_completes(list(futures)):
                outcome = _outcome(future)
                if isinstance(outcome, KilledWorker) or future.status in ("cancelled", "lost"):
                    outcome = WorkerLost(f"a worker of {address} died more often than allowed")
                item = futures.pop(future)
                future.release()
                yield item, outcome
        finally:
            client.cancel(list(futures), force=True)


def _outcome(future: Any) -> Any:
    try:
        return future.result()
    except Exception as error:
        return error


def _family(pid: int | None) -> list[psutil.Process]:
    """A process and all below it. A sandbox that is just being built does not yet die with its parent."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _ignore_interrupts() -> None:
    """Ctrl-C goes to all processes of a terminal; the parent decides."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
