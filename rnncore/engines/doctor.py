"""What this machine has for rnncore, and what it makes of it: libraries, kernels, threads, and a short measurement."""

from __future__ import annotations

import importlib.util
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from rnncore.cells import GRU, LSTM, RNN
from rnncore.engines.choice import run, run_backward
from rnncore.types import Cell, Params

__all__ = ["doctor"]

SIZES = (32, 35, 64, 128)
"""B, T, D and H of the measurement."""
BETTER = "SkylakeX"
"""OpenBLAS's name for its kernels with AVX-512, which it does not always find by itself on new processors."""
WIDE = (BETTER, "Cooperlake", "SapphireRapids")
"""Its kernels that use AVX-512 already."""
GEMM = """
import time
import numpy as np
A = np.ones((512, 512), np.float32)
best = 1.0
for _ in range(30):
    began = time.perf_counter()
    A @ A
    best = min(best, time.perf_counter() - began)
print(2 * 512**3 / best / 1e9)
"""


def doctor(seconds: float = 10.0) -> None:
    """Print what runs rnncore here: libraries, BLAS and its kernel, threads, GPU; then measure for about `seconds`.

    The measurement is one training step of a layer with (B, T, D, H) = (32, 35, 64, 128) in float32, by the reference,
    by the compiled engine and by torch's layer, in turn. seconds: 0 for no measurement.
    Raises ValueError when seconds is negative.
    """
    if not seconds >= 0:
        raise ValueError(f"seconds: got {seconds}, expected at least 0")
    for title, lines in [
        ("Machine", _machine()),
        ("Libraries", _libraries()),
        ("BLAS", _blas(measure=seconds > 0)),
        ("GPU", _gpu()),
        ("Measurement", _measurement(seconds) if seconds else iter(())),
    ]:
        for k, line in enumerate(lines):
            print(f"{title if k == 0 else '':<13}{line}", flush=True)


def _machine() -> Iterator[str]:
    from rnncore.engines.cpu.threads import threads

    yield f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()} on {platform.system()}"
    given = os.environ.get("OMP_NUM_THREADS")
    yield f"the engine uses {threads()} thread(s): " + (
        f"OMP_NUM_THREADS is {given}" if given else "one for each core that this process may use"
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _libraries() -> Iterator[str]:
    missing = {
        "numba": "the engine 'cpu' needs it: pip install numba",
        "torch": "tensors and the engines 'cuda' and 'native' need it",
        "triton": "the engine 'cuda' needs it, on a machine with a GPU",
    }
    for name in ("numpy", *missing):
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} is not installed; {missing[name]}"


def _blas(measure: bool) -> Iterator[str]:
    if importlib.util.find_spec("threadpoolctl") is None:
        yield "cannot tell which, because threadpoolctl is not installed: pip install threadpoolctl"
        return
    import threadpoolctl

    found = [info for info in threadpoolctl.threadpool_info() if info["user_api"] == "blas"]
    for info in found:
        kernel = info.get("architecture") or "kernel not told"
        yield f"{info['internal_api']} {info['version']}, {kernel}, {info['num_threads']} thread(s)"
    if not found:
        yield "none that threadpoolctl knows"
    kernels = {info.get("architecture") for info in found if info["internal_api"] == "openblas"}
    if kernels:
        yield from _coretype(kernels, measure)


def _coretype(kernels: set[str | None], measure: bool) -> Iterator[str]:
    """Say whether OpenBLAS would be faster if it were told the processor?"""
    if kernels & set(WIDE):
        yield "OPENBLAS_CORETYPE would not help: its kernels for AVX-512 are in use"
        return
    if given := os.environ.get("OPENBLAS_CORETYPE"):
        yield f"OPENBLAS_CORETYPE is {given}"
        return
    simd = np.show_config(mode="dicts") or {}
    if not any("AVX512" in name for name in simd.get("SIMD Extensions", {}).get("found", ())):
        yield "OPENBLAS_CORETYPE would not help: the processor has no AVX-512"
        return
    if not measure:
        return
    plain, told = (_rate(name) for name in (None, BETTER))
    if plain is None or told is None:
        yield f"OPENBLAS_CORETYPE={BETTER} could not be tried"
        return
    verdict = "worth setting before NumPy is imported" if told > 1.1 * plain else "would not help"
    yield f"OPENBLAS_CORETYPE={BETTER} {verdict}: {told:.0f} GFLOP/s, {plain:.0f} without"


def _rate(coretype: str | None) -> float | None:
    """Measure GFLOP/s of a product of two 512 x 512 float32 matrices in a process of its own, which may fail."""
    more = {} if coretype is None else {"OPENBLAS_CORETYPE": coretype}
    try:
        done = subprocess.run(
            [sys.executable, "-c", GEMM], env={**os.environ, **more}, capture_output=True, timeout=60, check=True
        )
        return float(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _gpu() -> Iterator[str]:
    if importlib.util.find_spec("torch") is None:
        yield "none that could be used without torch"
        return
    import torch

    if not torch.cuda.is_available():
        built = f"was built for CUDA {torch.version.cuda}" if torch.version.cuda else "was built without CUDA"
        yield f"none: torch finds no CUDA device, and {built}"
        return
    for k in range(torch.cuda.device_count()):
        card = torch.cuda.get_device_properties(k)
        yield f"{card.name}, {card.total_memory / 2**30:.0f} GiB, capability {card.major}.{card.minor}"
    yield f"CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}"


def _measurement(seconds: float) -> Iterator[str]:
    B, T, D, H = SIZES
    yield f"a training step with all gradients, B={B} T={T} D={D} H={H}, float32, medians"
    for cell in (RNN, GRU, LSTM):
        drivers = {"reference": _step(cell, "reference")}
        if importlib.util.find_spec("numba") is not None:
            drivers["cpu"] = _step(cell, "cpu")
        if importlib.util.find_spec("torch") is not None:
            drivers["torch"] = _step(cell, "native", torch=True)
        times = _in_turn(drivers, seconds / 3)
        line = ", ".join(f"{name} {1e3 * took:.1f} ms" for name, took in times.items())
        if "cpu" in times:
            others = [f"{times[name] / times['cpu']:.1f} times {name}" for name in times if name != "cpu"]
            line += f": the engine is {' and '.join(others)}"
        yield f"{cell.name}: {line}"


def _step(cell: Cell, engine: str, torch: bool = False) -> Callable[[], None]:
    """Make one forward and backward pass over the same random numbers, as NumPy arrays or tensors."""
    B, T, D, H = SIZES
    rng, rows = np.random.default_rng(0), len(cell.gates) * H

    def array(*shape):
        values = rng.uniform(-1, 1, shape).astype(np.float32) * np.float32(H**-0.5)
        return sys.modules["torch"].asarray(values) if torch else values

    if torch:
        importlib.import_module("torch")
    params = Params(array(rows, D), array(rows, H), array(rows), tuple(array(H) for _ in cell.own))
    xs, state, dhs = array(T, B, D), tuple(array(B, H) for _ in cell.state), array(T, B, H)

    def step():
        _, _, cache = run(cell, xs, state, params, engine=engine)
        run_backward(cell, dhs, None, cache)

    return step


def _in_turn(drivers: dict[str, Callable[[], None]], seconds: float) -> dict[str, float]:
    """Return the median time of each, in seconds; one after the other in every round, so that all meet the same
    machine.
    """
    taken: dict[str, list[float]] = {name: [] for name in drivers}
    for drive in drivers.values():
        drive()  # compiles, and touches its memory
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or not all(taken.values()):
        for name, drive in drivers.items():
            began = time.perf_counter()
            drive()
            taken[name].append(time.perf_counter() - began)
    return {name: statistics.median(times) for name, times in taken.items()}
