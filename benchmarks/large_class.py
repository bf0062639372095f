"""A large class in one evening: a batch killed in the middle, a worker of a cluster killed in the middle, nothing lost.

    python -m benchmarks.large_class [--students 1000] [--json FILE] [--seed 0]

Grades a class with local processes, kills the grader (SIGKILL) at a random moment, looks for what it left behind, and
goes on. Grades the same class through a real Dask scheduler and two workers, one of which is killed. Grades the first
of them with a sandbox each. Then it compares: every student has one grade, no grade changed, and all records are equal
but for times.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import platform
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import nbformat
import psutil
from dask.distributed import Client

from autograder.build import build, release_notebook
from autograder.course import Course
from autograder.gradebook.gradebook import scores
from autograder.quality.sample_class import from_library
from autograder.quality.sample_submission import SAMPLES, submission_notebook

__all__ = ["main"]

ASSIGNMENT = "ch01_rnn"
HOSTILE = ("hostile_exit", "hostile_patch_allclose", "hostile_array_subclass", "hostile_background", "hostile_forge")
"""The last one lets every call run into its limit, a minute in all."""
TIMES = {"time", "seconds", "peak", "tries"}


def hand_in(course: Course, students: int) -> None:
    """Hand in right, wrong, untouched and hostile submissions in turns."""
    build(course)
    source = course.source(ASSIGNMENT)
    release = release_notebook(source)
    texts = [text for _, text, _, _ in from_library(ASSIGNMENT, source)]
    texts += [(SAMPLES / f"{name}.py").read_text(encoding="utf-8") for name in HOSTILE]
    notebooks = [nbformat.writes(submission_notebook(text, release)) for text in texts]
    for k, text in zip(range(students), itertools.cycle(notebooks)):
        path = course.notebook("submitted", ASSIGNMENT, f"student-{k:04d}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def forget(course: Course) -> None:
    """Delete all results, as if nothing had been graded."""
    for path in [course.root / "gradebook.db", *course.root.glob("audit/*"), *course.root.glob("autograded/*/*/*")]:
        path.unlink(missing_ok=True)


def start(course: Course, *more: str) -> subprocess.Popen:
    """Start the command of an instructor."""
    argv = [sys.executable, "-m", "autograder", "grade", "--course", str(course.root), *more]
    return subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen, most: dict[str, int]) -> None:
    """Wait for it, and note the most memory that the grader's own process took."""
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        with contextlib.suppress(psutil.Error):
            most["grader MiB"] = max(most.get("grader MiB", 0), watched.memory_info().rss >> 20)
        time.sleep(0.2)
    if process.returncode:
        raise RuntimeError(
            f"grading ended with {process.returncode}: {process.stderr.read()[-2000:] if process.stderr else ''}"
        )


def reported(course: Course) -> set[tuple[str, str]]:
    """Return (student, assignment) of all that are reported as graded."""
    return {(path.parts[-3], path.parts[-2]) for path in course.root.glob("autograded/*/*/*.ipynb")}


def wait_for(course: Course, count: int, process: subprocess.Popen) -> None:
    """Wait until so many are graded, or the batch has ended."""
    while len(reported(course)) < count and process.poll() is None:
        time.sleep(0.01)


def records(course: Course) -> dict[str, list[dict[str, Any]]]:
    """Return student -> entries of the audit log, without times."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((course.root / "audit").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            for verdict in entry.get("verdicts", []):
                verdict.pop("seconds")
            found.setdefault(entry["student"], []).append({k: v for k, v in entry.items() if k not in TIMES})
    return found


@contextlib.contextmanager
def cluster() -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """Run a Dask scheduler and two workers, as on two machines."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    dask = [sys.executable, "-m", "dask.__main__"]
    quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    address = f"tcp://127.0.0.1:{port}"
    started = [subprocess.Popen([*dask, "scheduler", "--port", str(port), "--no-dashboard"], **quiet)]
    for _ in range(2):
        argv = [*dask, "worker", address, "--nthreads", "1", "--nworkers", "1", "--no-dashboard"]
        started.append(subprocess.Popen(argv, **quiet))
    try:
        with Client(address, timeout="600s") as client:
            client.wait_for_workers(2, timeout=600)
        yield address, started[1:]
    finally:
        for process in started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def gone(processes: list[psutil.Process], seconds: float = 120) -> list[str]:
    """Return the names of those that are still there after so many seconds."""
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return [each.name() for each in alive if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


def kill_and_resume(course: Course, students: int, rng: random.Random, most: dict[str, int]) -> dict[str, Any]:
    """Grade, with a SIGKILL at a random moment in between."""
    began = time.perf_counter()
    process = start(course)
    moment = rng.randrange(students // 10, 9 * students // 10)
    wait_for(course, moment, process)
    family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    left = gone(family)
    told = reported(course)
    kept = {who: score for who, score in scores(course).items() if who in told}  # the kill cut another one short
    again = start(course)
    finish(again, most)
    after = scores(course)
    return {
        "killed after": len(told),
        "processes left behind": left,
        "grades lost": len(set(kept) - set(after)),
        "grades changed": sum(after[who] != score for who, score in kept.items()),
        "students graded": len(after),
        "students by entries in the record": dict(Counter(len(entries) for entries in records(course).values())),
        "seconds": round(time.perf_counter() - began, 1),
    }


def through_dask(course: Course, students: int, rng: random.Random) -> dict[str, Any]:
    """Do the same through a cluster that loses a worker."""
    with cluster() as (address, workers):
        began = time.perf_counter()
        process = start(course, "--scheduler", address)
        wait_for(course, rng.randrange(students // 10, 9 * students // 10), process)
        before = len(reported(course))
        os.killpg(workers[0].pid, signal.SIGKILL)
        finish(process, {})
        seconds = time.perf_counter() - began
    return {"worker killed after": before, "students graded": len(scores(course)), "seconds": round(seconds, 1)}


@click.command(help=__doc__)
@click.option("--students", default=1000, show_default=True)
@click.option("--cold", "few", default=60, show_default=True, help="How many are graded with a sandbox each, too.")
@click.option("--seed", default=0, show_default=True)
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write the figures here, too.")
def main(students: int, few: int, seed: int, file: Path | None) -> None:
    rng, most = random.Random(seed), dict[str, int]()
    with tempfile.TemporaryDirectory(prefix="class-") as folder:
        course = Course(Path(folder))
        hand_in(course, students)
        figures: dict[str, Any] = {
            "students": students,
            "seed": seed,
            "date": time.strftime("%Y-%m-%d"),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        }

        def told(name: str, value: Any) -> None:
            figures[name] = value
            click.echo(f"{name}: {json.dumps(value)}")

        told("killed and resumed", kill_and_resume(course, students, rng, most))
        local, marks = records(course), scores(course)
        told("memory", most)
        told("records that changed between two gradings", sum(any(e != es[0] for e in es) for es in local.values()))
        forget(course)
        told("cluster, a worker killed", through_dask(course, students, rng))
        far = records(course)
        told("records that differ on the cluster", sum(far.get(who, [None])[0] != local[who][0] for who in local))
        now = scores(course)
        told("grades that differ on the cluster", sum(now.get(who) != mark for who, mark in marks.items()))
        forget(course)
        for path in sorted(course.root.glob("submitted/*"))[few:]:
            shutil.rmtree(path)
        finish(start(course, "--cold"), {})
        cold = records(course)
        told("records that differ cold", sum(entries[0] != local[who][0] for who, entries in cold.items()))
        told("graded cold", len(cold))
    if file is not None:
        file.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
