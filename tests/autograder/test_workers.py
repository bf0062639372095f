"""Where work runs must not matter: local processes and a real Dask cluster give the same record; a stop is a stop."""

import contextlib
import json
import multiprocessing
import os
import random
import signal
import socket
import subprocess
import sys
import time
from typing import Any

import nbformat
import psutil
import pytest

from autograder.batch import grade as batch
from autograder.batch.grade import grade
from autograder.batch.workers import WorkerLost, on_dask, on_processes
from autograder.build import build
from autograder.course import Course
from autograder.gradebook.gradebook import scores
from autograder.sandbox import Limits
from autograder.sandbox.bubblewrap import available

pytestmark = [pytest.mark.sandbox, pytest.mark.skipif(available() is None, reason="bubblewrap is not installed")]

NAME, LIMITS = "ch01_rnn", Limits(start=600, cell=300, call=300, test=600, total=3000)
ANSWERS = [
    "return np.tanh(x @ V.T + h @ W.T + b), None",
    "return x @ V.T + h @ W.T + b, None",
    "return np.tanh(x @ V.T + h @ W + b), None",
    "raise ValueError('not yet')",
    "import os; os._exit(3)",
    "return np.tanh(h @ W.T + b + np.einsum('bd,hd->bh', x, V)), {'h': h}",
]


SLEEPERS, FOR_EVER = (4, 5), Limits(cell=1e5)


def hand_in(course, k, answer):
    """Hand in the released notebook of student k, with this body of rnn_step."""
    notebook = nbformat.read(course.notebook("release", NAME), as_version=4)
    for cell in notebook.cells:
        if cell.id == "rnn_step":
            cell.source = f"def rnn_step(x, h, V, W, b):\n    {answer}"
    path = course.notebook("submitted", NAME, f"student{k}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook))


@pytest.fixture
def course(tmp_path):
    course = Course(tmp_path / "course")
    build(course)
    (course.root / "secret").write_text("0" * 64)
    for k, answer in enumerate(ANSWERS):
        hand_in(course, k, answer)
    return course


def records(course):
    """Return the audit log, without times and memory, in the order of students."""
    lines = [json.loads(line) for path in course.root.glob("audit/*.jsonl") for line in path.read_text().splitlines()]
    varying = {"time", "seconds", "peak", "tries"}
    plain = lambda entry: {key: value for key, value in entry.items() if key not in varying}  # noqa: E731
    return sorted(
        ({**plain(line), "verdicts": [plain(v) for v in line["verdicts"]]} for line in lines),
        key=lambda e: e["student"],
    )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def dask(*arguments):
    command = [sys.executable, "-m", "dask.__main__", *arguments]  # imports what this process does
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


@pytest.fixture
def cluster():
    """Yield (address, [worker processes]): a scheduler and two workers on loopback."""
    address = f"tcp://127.0.0.1:{free_port()}"
    port = address.rsplit(":", 1)[1]
    started = [dask("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")]
    for _ in range(2):
        started.append(dask("worker", address, "--nworkers", "1", "--nthreads", "1", "--no-dashboard", "--no-nanny"))
    from dask.distributed import Client

    try:
        with Client(address, timeout="600s") as client:
            client.wait_for_workers(2, timeout=600)
        yield address, started[1:]
    finally:
        for process in started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.mark.slow
def test_a_cluster_gives_the_same_record_as_this_machine_even_when_a_worker_dies(course, cluster, tmp_path):
    address, workers = cluster
    assert grade(course, limits=LIMITS, progress=False, jobs=2).failed == []
    local, marks = records(course), scores(course)

    for path in [course.root / "gradebook.db", *course.root.glob("audit/*"), *course.root.glob("autograded/*/*/*")]:
        path.unlink()
    assert grade(course, limits=LIMITS, progress=False, scheduler=address).failed == []
    for ours, theirs in zip(records(course), local, strict=True):
        assert ours == theirs, {key for key in ours if ours[key] != theirs[key]}
    assert scores(course) == marks

    for path in [course.root / "gradebook.db", *course.root.glob("audit/*"), *course.root.glob("autograded/*/*/*")]:
        path.unlink()
    command = [sys.executable, "-m", "autograder", "grade", "--course", str(course.root), "--scheduler", address]
    process = subprocess.Popen([*command, "--cell-seconds", "300"], stderr=subprocess.PIPE, text=True)
    while not list(course.root.glob("audit/*")) and process.poll() is None:
        time.sleep(0.05)
    os.killpg(workers[0].pid, signal.SIGKILL)
    assert process.stderr
    assert process.wait() == 0, process.stderr.read()
    assert scores(course) == marks
    assert sorted(entry["student"] for entry in records(course)) == [f"student{k}" for k in range(len(ANSWERS))]


def test_a_scheduler_that_is_not_there_is_told():
    with pytest.raises(OSError, match=r"127\.0\.0\.1"):
        list(on_dask(f"tcp://127.0.0.1:{free_port()}", abs, [1]))


@pytest.mark.slow
@pytest.mark.parametrize("wait_for_first", [False, True], ids=["at once", "after the first"])
def test_an_interrupt_stops_the_batch_at_once_and_the_next_run_goes_on(course, wait_for_first):
    for k in SLEEPERS:
        hand_in(course, k, "return h, None\nimport time; time.sleep(10**6)")
    command = [sys.executable, "-m", "autograder", "grade", "--course", str(course.root), "--jobs", "2"]
    command += ["--cell-seconds", str(FOR_EVER.cell)]
    # a shell that puts tests into the background has them ignore it
    heard: Any = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True, **heard)
    while process.poll() is None:
        children = psutil.Process(process.pid).children(recursive=True)
        if any("bwrap" in child.name() for child in children) and (
            not wait_for_first or list(course.root.glob("autograded/*/*/*.ipynb"))
        ):
            break
        time.sleep(0.02)
    children = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: to the whole group
    assert process.wait(timeout=400) == 130  # two never end, but in the 600 s that a notebook has in all
    assert process.stderr and "Stopped" in process.stderr.read()
    psutil.wait_procs(children, timeout=100)
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    done = scores(course) if (course.root / "gradebook.db").exists() else {}
    for k in SLEEPERS:
        hand_in(course, k, ANSWERS[k])
    assert grade(course, limits=FOR_EVER, progress=False, jobs=2).failed == []
    after = scores(course)
    assert len(after) == len(ANSWERS) and all(after[key] == value for key, value in done.items())


def test_failures_of_work_are_outcomes_and_do_not_stop_the_rest():
    outcomes = dict(on_processes(2, int, ["1", "x", "3"]))
    assert outcomes["1"] == 1 and outcomes["3"] == 3 and isinstance(outcomes["x"], ValueError)


def nap(who):
    """Stand in for the grading of one submission: of one that ends its process, of others a moment's work."""
    if who[0] == "killer":
        os.kill(os.getpid(), signal.SIGKILL)
    for _ in range(200):
        os.listdir("/proc/self")
    return {"who": who}


def unreadable(who):
    if who[0] == "unreadable":
        raise ValueError("nobody can read it")
    return who


@pytest.mark.slow
def test_the_pool_outlives_any_worker_and_sets_aside_who_ends_it_twice(monkeypatch):
    monkeypatch.setattr(batch, "grade_one", nap)
    todo = [(name, "a") for name in ["killer", *map(str, range(40)), "unreadable"]]
    rng, ended, kills = random.Random(), {}, 0  # any moment will do
    with contextlib.closing(batch._run(todo, unreadable, 2, None)) as outcomes:
        for who, outcome, tries in outcomes:
            assert who not in ended
            ended[who] = outcome
            if tries == 1 and len(ended) % 4 == 0 and (workers := multiprocessing.active_children()):
                with contextlib.suppress(ProcessLookupError):  # it ended by itself just now
                    os.kill(rng.choice(workers).pid or 0, signal.SIGKILL)
                    kills += 1
    assert kills > 3 and sorted(ended) == sorted(todo)
    killer, unread = ended.pop(("killer", "a")), ended.pop(("unreadable", "a"))
    assert isinstance(killer, WorkerLost) and "set aside" in str(killer) and isinstance(unread, ValueError)
    assert all(outcome == {"who": who} for who, outcome in ended.items())
