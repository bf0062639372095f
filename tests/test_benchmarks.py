"""The benchmarks run and write what they promise. What they measure is not asserted: a test has no quiet machine."""

import gc
import importlib
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from benchmarks import gpu, layers, measure, memory, scaling
from rnncore.cells import CELLS

ROOT = Path(__file__).resolve().parent.parent
KEYS = {"benchmark", "date", "machine", "threads", "quick", "load before", "results", "summary"}


class FakeClock:
    """A clock that goes on only when told to, and a record of who ran."""

    def __init__(self):
        self.now, self.order = 0.0, []

    def __call__(self):
        return self.now

    def candidate(self, name, *seconds):
        """Return a function that takes these seconds, one call after the other, and the last ever after."""
        waiting = list(seconds)

        def call():
            self.order.append(name)
            self.now += waiting.pop(0) if len(waiting) > 1 else waiting[0]

        return call

    def sleep(self, seconds):
        self.now += seconds


def interleaved(clock, candidates, **options):
    return measure.interleaved(candidates, clock=clock, sleep=clock.sleep, **options)


def test_candidates_take_turns_and_none_is_always_first():
    clock = FakeClock()
    interleaved(clock, {name: clock.candidate(name, 1.0) for name in "abc"}, rounds=4, seconds=100)
    assert "".join(clock.order[:6]) == "aabbcc"  # before the clock runs
    assert "".join(clock.order[6:]) == "abc" + "acb" + "cab" + "cba"


def test_medians_and_quartiles_are_in_milliseconds_and_count_neither_the_first_calls_nor_the_pause():
    clock = FakeClock()
    timings = interleaved(clock, {"a": clock.candidate("a", 50.0, 9.0, 1.0, 2.0, 3.0, 4.0, 5.0)}, rounds=5, seconds=99)
    assert timings["a"] == pytest.approx((3000, 2000, 4000, 5))


def test_a_short_call_is_repeated_within_a_turn_and_a_long_one_gets_fewer_turns():
    clock = FakeClock()
    calls = {"short": clock.candidate("short", 0.25), "long": clock.candidate("long", 8.0)}
    timings = interleaved(clock, calls, rounds=9, seconds=10, turn=1.0)
    assert timings["short"] == pytest.approx((250, 250, 250, 9))
    assert clock.order.count("short") == 2 + 4 * 9
    assert timings["long"].turns == 3 == clock.order.count("long") - 2
    timed = clock.order[4:]
    gaps = [k for k, name in enumerate(timed) if name == "long"]
    assert max(gaps) > len(timed) // 2, "its turns are spread over the rounds"


def test_the_garbage_collector_is_off_while_the_clock_runs_and_on_again_after_an_error():
    seen = []

    def call():
        seen.append(gc.isenabled())
        if len(seen) == 3:
            raise KeyError("stop")

    with pytest.raises(KeyError):
        measure.interleaved({"a": call}, rounds=2, turn=0, pause=0)
    assert seen == [True, True, False] and gc.isenabled()


@pytest.mark.parametrize(("names", "rounds"), [("", 3), ("a", 0)])
def test_nothing_to_time_is_an_error(names, rounds):
    with pytest.raises(ValueError, match="candidates, rounds"):
        measure.interleaved({name: int for name in names}, rounds=rounds)


def test_the_machine_is_described_without_naming_it():
    words = json.dumps(measure.machine())
    assert os.uname().nodename not in words and "/" not in words.replace("n/a", "")
    assert {"processor", "cores", "numpy", "torch", "BLAS of numpy"} <= measure.machine().keys()


def test_a_table_is_aligned(capsys):
    measure.print_table([{"name": "a", "ms": 1.2345}, {"name": "longer", "ms": 123.4}, {"name": "b", "ms": None}])
    assert capsys.readouterr().out == "name      ms\na       1.23\nlonger   123\nb          -\n"


def test_a_slope_is_the_exponent_of_the_upper_half():
    x = scaling.grid(10, 1000, 7)
    assert x[0] == 10 and x[-1] == 1000 and x == sorted(x)
    y = [value**1.5 if k >= 3 else 1e9 for k, value in enumerate(x)]
    assert scaling.slope(x, y) == pytest.approx(1.5)


@pytest.mark.parametrize("kind", list(layers.LAYERS))
def test_all_candidates_of_the_layers_compute_the_same_and_a_wrong_one_is_found(kind):
    problem = layers.Problem.draw(CELLS[kind], layers.Size(3, 5, 4, 6))
    found = layers.candidates(problem, kind, compiled=0)
    assert {"engine", "torch.nn", "torch loop", "NumPy"} <= found.keys()
    layers.agree(found)
    wrong = [np.asarray(array) for array in found["NumPy"]()]
    wrong[2] = 1.01 * wrong[2]
    with pytest.raises(ValueError, match=r"other: dV differs"):
        layers.agree({**found, "other": lambda: wrong})


class Watched(psutil.Process):
    """A process that counts how often its memory was looked at."""

    looks = 0

    def memory_info(self):
        Watched.looks += 1
        return super().memory_info()


@pytest.mark.parametrize("sampled", [False, True])
def test_the_peak_of_memory_counts_what_is_freed_again(monkeypatch, sampled):
    monkeypatch.setattr(psutil, "Process", Watched)
    if sampled:
        monkeypatch.setattr(memory, "CLEAR", ROOT / "no such folder" / "clear_refs")

    def call():
        for _ in range(3):
            held, before = np.ones(4 << 20), Watched.looks  # 32 MiB, every time again
            while sampled and Watched.looks < before + 2:  # until the watcher has seen it, whenever its turn comes
                time.sleep(0.001)
            assert held.sum() == 4 << 20
            del held

    assert 30 < memory.peak(call) / 2**20 < 40


RUNS = {
    "layers": ({"cell", "B,T,D,H", "ms", "torch.nn / engine", "engine / floor"}, ["--cells", "lstm"]),
    "model": ({"cell", "B", "T", "D", "H", "K", "engine", "losses", "ms", "torch.nn / rnncore"}, ["--cells", "gru"]),
    "memory": ({"cell", "B,T,D,H", "MiB", "engine / torch.nn", "checkpoints / torch.nn"}, []),
    "scaling": ({"cell", "varied", "values", "others", "ms", "slope"}, []),
    "generate": ({"cell", "B", "T", "D", "H", "K", "ms", "symbols per second"}, ["--cells", "gru"]),
}
ANY_SIGN = {"slope", "spread in MiB"}
"""Figures of results that need not be positive."""


def numbers(value):
    """Return all numbers in a nest of lists and dicts, but for those that may have any sign."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key not in ANY_SIGN:
                yield from numbers(part)
    elif isinstance(value, list):
        for part in value:
            yield from numbers(part)
    elif isinstance(value, int | float):
        yield value


def run_here(monkeypatch, name, *arguments):
    """Run a benchmark's command in this process, where torch is imported already, with the threads that there are."""
    monkeypatch.setattr(sys, "argv", [name, *arguments])
    monkeypatch.setattr(measure, "parsed", lambda parser: parser.parse_args())
    return importlib.import_module(f"benchmarks.{name}").main()


@pytest.mark.slow
@pytest.mark.parametrize("name", list(RUNS))
def test_a_quick_run_writes_its_figures_and_its_picture(name, tmp_path, monkeypatch):
    keys, arguments = RUNS[name]
    file, plot = tmp_path / "figures.json", tmp_path / "figure.svg"
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # for the processes that it starts, if it does
    written = ["--json", str(file), "--plot", str(plot)]
    assert run_here(monkeypatch, name, "--quick", *written, "--threads", "1", *arguments) == 0
    figures = json.loads(file.read_text())
    assert figures.keys() == KEYS
    assert figures["benchmark"] == name and figures["quick"] and figures["threads"] == 1
    assert figures["results"] and figures["summary"]
    for entry in figures["results"]:
        assert keys <= entry.keys()
        found = list(numbers(entry))
        assert found and all(math.isfinite(number) and number > 0 for number in found)
    assert plot.read_text().startswith("<svg")
    assert str(ROOT) not in file.read_text()


def test_threads_are_set_before_the_libraries_are_imported():
    code = """
from benchmarks import measure
measure.parsed(measure.arguments(None))
import os, threadpoolctl, torch
counts = {pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"}
print(os.environ["OMP_NUM_THREADS"], torch.get_num_threads(), *counts)"""
    environment = {key: value for key, value in os.environ.items() if key not in measure.threads_variables(1)}
    done = subprocess.run(
        [sys.executable, "-c", code, "--threads", "1"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["1", "1", "1"], done.stderr[-2000:]


@pytest.mark.parametrize("arguments", [["--threads", "0"], ["--sizes", "1,2,3"], ["--sizes", "1,2,3,0"]])
def test_wrong_arguments_end_with_a_message(arguments, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["layers", *arguments])
    with pytest.raises(SystemExit) as ended:
        layers.main()
    assert ended.value.code == 2 and arguments[0] in capsys.readouterr().err


def test_without_a_device_the_gpu_benchmark_says_so(monkeypatch, capsys):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert run_here(monkeypatch, "gpu") == 0
    assert "No CUDA device" in capsys.readouterr().out


@pytest.mark.parametrize("dtype", list(gpu.DTYPES))
@pytest.mark.parametrize("kind", list(layers.LAYERS))
def test_all_candidates_for_a_gpu_compute_the_same_and_a_wrong_one_is_found(monkeypatch, kind, dtype):
    """On the CPU, and so without the CUDA engine."""
    monkeypatch.setattr(gpu, "DEVICE", "cpu")
    problem = layers.Problem.draw(CELLS[kind], layers.Size(3, 5, 4, 6))
    found = gpu.candidates(problem, kind, dtype)
    assert found.keys() == {"engine cuda", "engine native", "torch.nn", "torch loop"}
    del found["engine cuda"]
    gpu.agree(problem, found, gpu.CLOSE[dtype])
    dxs, dh, dV, dW = found["torch.nn"]()
    with pytest.raises(ValueError, match="other: dW differs"):
        gpu.agree(problem, {**found, "other": lambda: (dxs, dh, dV, 1.5 * dW)}, gpu.CLOSE[dtype])


@pytest.mark.gpu
@pytest.mark.slow
def test_a_quick_run_on_a_device_compares_all_candidates(monkeypatch, tmp_path):
    assert run_here(monkeypatch, "gpu", "--quick", "--json", str(tmp_path / "figures.json")) == 0
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures["benchmark"] == "gpu" and len(figures["results"]) == 12 and figures["machine"]["GPU"]
