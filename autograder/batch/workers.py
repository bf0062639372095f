"""Where units of work run: processes of this machine, or the workers of a Dask cluster. Same function, same results.

Both give (item, result) as they end, or (item, exception) for one that failed, and stop at once when they are closed.
Only a few items are loaded at a time, so a large class takes no more memory than a small one.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections import deque
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
AHEAD = 2
"""Items handed out for each worker: one in work, and the one that it takes next."""


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


class _Slot:
    """One process of our own, and what it was given: the first is in work, the next waits for it.

    A process that is lost takes nobody with it but what it was working on: another takes its place.
    """

    def __init__(self, context: Any, cores: list[int], work: Callable[[Any], Any], load: Callable[[Any], Any]):
        self._made = {"max_workers": 1, "mp_context": context, "initializer": _begin, "initargs": (cores,)}
        self._work, self._load, self.given = work, load, deque[tuple[Future, Any]]()
        self.pool = ProcessPoolExecutor(**self._made)

    def give(self, item: Any) -> None:
        """Hand out an item. One that cannot be loaded is an outcome like any other."""
        try:
            loaded = self._load(item)
            try:
                future = self.pool.submit(self._work, loaded)
            except BrokenProcessPool:  # it was lost while it had nothing to do
                self.pool = ProcessPoolExecutor(**self._made)
                future = self.pool.submit(self._work, loaded)
        except Exception as error:
            future = Future()
            future.set_exception(error)
        self.given.append((future, item))

    def ended(self) -> Iterator[tuple[Any, Any]]:
        """Yield (item, outcome) of what has ended, in order."""
        while self.given and self.given[0][0].done():
            future, item = self.given.popleft()
            outcome = _outcome(future)
            if isinstance(outcome, BrokenProcessPool):
                outcome = WorkerLost("the process that graded it was lost")
                waited = [each for _, each in self.given]
                self.given.clear()
                self.pool.shutdown(wait=False)
                self.pool = ProcessPoolExecutor(**self._made)
                for each in waited:
                    self.give(each)
            yield item, outcome


def on_processes(
    jobs: int, work: Callable[[Any], Any], items: Iterable[T], load: Callable[[T], Any] = lambda item: item
) -> Generator[tuple[T, Any], None, None]:
    """Run `work(load(item))` for each item in processes of this machine, `jobs` at a time.

    What is in work when its process is lost ends as WorkerLost; all else goes on.
    """
    context, cores = start_early(), sorted(os.sched_getaffinity(0))
    slots = [_Slot(context, cores[k::jobs] or [cores[k % len(cores)]], work, load) for k in range(jobs)]
    try:
        left = iter(items)
        while True:
            for ahead in range(1, AHEAD + 1):
                for slot in slots:
                    for item in islice(left, max(0, ahead - len(slot.given))):
                        slot.give(item)
            futures = [future for slot in slots for future, _ in slot.given]
            if not futures:
                break
            wait(futures, return_when=FIRST_COMPLETED)
            for slot in slots:
                yield from slot.ended()
        for slot in slots:
            slot.pool.shutdown()
    finally:  # after an interrupt nobody waits for what is still running, nor for its sandboxes
        for slot in slots:
            slot.pool.shutdown(wait=False, cancel_futures=True)
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


def _begin(cores: list[int]) -> None:
    """Prepare a worker, before all else that it does.

    Ctrl-C goes to all processes of a terminal, and the parent decides; a parent that was killed cannot, and its workers
    end with it. It stays with its sandbox on its own share of the cores, which nothing in the sandbox can leave: judge
    and student talk in turns, and a question costs a third less when it does not cross to another core.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from autograder.batch.parent_death import tie  # not above: importing it would tie the grader to who started it

    tie()
    os.sched_setaffinity(0, cores)
