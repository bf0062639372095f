"""How much memory does a training step of one layer need beyond its arguments? torch.nn, the CPU engine, checkpoints.

    python -m benchmarks.memory [--cell lstm] [--sizes 32,128,512,512 ...] [--repeats 3] [--quick]

Every candidate runs in a fresh process: imports, a tiny step that compiles what is to be compiled, then the arguments,
and then one step. The figure is the highest resident memory during the step less that just before it: gradients
included, which are dxs, dV and dW above all; the output is not kept by the caller once the way back begins.
Linux counts it for the process (VmHWM); elsewhere a thread looks every half millisecond and may miss the top.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import statistics
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from benchmarks import layers, measure
from rnncore.cells import CELLS

__all__ = ["main", "peak"]

CANDIDATES = {
    "torch.nn": lambda problem, kind: layers.torch_layer(problem, kind),
    "engine": lambda problem, kind: layers.engine(problem, "cpu"),
    "engine, checkpoints": lambda problem, kind: layers.engine(problem, "cpu", checkpoint=True),
}
TINY = layers.Size(2, 4, 8, 8)
QUICK = [layers.Size(8, 64, 64, 128)]
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak(call: Callable[[], Any]) -> int:
    """Return the bytes by which the resident memory of this process rises at most while `call` runs."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)  # or the call could use what an earlier one has left, for nothing
    try:
        CLEAR.write_text("5")  # sets VmHWM to the present value
    except OSError:
        return _sampled(call)
    before = _status("VmRSS")
    call()
    return _status("VmHWM") - before


def _status(key: str) -> int:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(key))
    return int(line.split()[1]) * 1024


def _sampled(call: Callable[[], Any]) -> int:
    process, over, seen = psutil.Process(), threading.Event(), []
    before = process.memory_info().rss

    def look() -> None:
        while not over.wait(0.0005):
            seen.append(process.memory_info().rss)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    call()
    over.set()
    watcher.join()
    return max([before, *seen]) - before


def child(name: str, kind: str, size: layers.Size) -> None:
    """Measure once in this process; print the bytes."""
    make = CANDIDATES[name]
    make(layers.Problem.draw(CELLS[kind], TINY), kind)()
    print(json.dumps({"bytes": peak(make(layers.Problem.draw(CELLS[kind], size), kind))}))


def in_fresh_process(name: str, kind: str, size: layers.Size) -> int:
    """Return the bytes of one candidate's step, measured in a process of its own."""
    child = ["--child", name, "--cell", kind, "--sizes", str(size), "--threads", os.environ["OMP_NUM_THREADS"]]
    command = [sys.executable, "-m", "benchmarks.memory", *child]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{name}, {size}: the process ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])["bytes"]


def compare(kind: str, size: layers.Size, repeats: int) -> dict[str, Any]:
    """Measure one size: MiB of all candidates, medians of the repeats, and parts of torch.nn's."""
    found = {name: [in_fresh_process(name, kind, size) / 2**20 for _ in range(repeats)] for name in CANDIDATES}
    mib = {name: statistics.median(values) for name, values in found.items()}
    B, T, D, H = size
    G = len(CELLS[kind].gates)
    return {
        "cell": kind,
        "B,T,D,H": list(size),
        "MiB": mib,
        "spread in MiB": {name: max(values) - min(values) for name, values in found.items()},
        "all gates in MiB": 4 * T * B * G * H / 2**20,
        "engine / torch.nn": mib["engine"] / mib["torch.nn"],
        "checkpoints / torch.nn": mib["engine, checkpoints"] / mib["torch.nn"],
    }


def as_row(entry: dict[str, Any]) -> dict[str, Any]:
    """Return one line of the table."""
    ratios = {key: entry[key] for key in ("engine / torch.nn", "checkpoints / torch.nn")}
    return {"cell": entry["cell"], "B,T,D,H": str(layers.Size(*entry["B,T,D,H"])), **entry["MiB"], **ratios}


def picture(results: list[dict[str, Any]]):
    """Draw MiB by size and candidate."""
    values = [
        {"size": str(layers.Size(*entry["B,T,D,H"])), "MiB": mib, "candidate": name}
        for entry in results
        for name, mib in entry["MiB"].items()
    ]
    return measure.points(values, x="MiB", y="size", colour="candidate")


def main() -> int:
    """Run the command line."""
    parser = measure.arguments(__doc__)
    parser.add_argument("--cell", choices=list(layers.LAYERS), default="lstm")
    parser.add_argument("--sizes", type=layers.size, nargs="+", metavar="B,T,D,H", help="instead of the six")
    parser.add_argument("--repeats", type=int, default=3, help="processes for each figure (%(default)s)")
    parser.add_argument("--child", choices=list(CANDIDATES), help="measure this one only, in this process")
    options = measure.parsed(parser)
    sizes = options.sizes or (QUICK if options.quick else layers.SIZES)
    if options.child is not None:
        child(options.child, options.cell, sizes[0])
        return 0
    load, results = os.getloadavg()[0], []
    for size in sizes:
        results.append(compare(options.cell, size, 1 if options.quick else options.repeats))
        print(
            f"{size}: engine / torch.nn {results[-1]['engine / torch.nn']:.2f}, "
            f"checkpoints / torch.nn {results[-1]['checkpoints / torch.nn']:.2f}",
            flush=True,
        )
    print("\nMiB of a training step beyond its arguments")
    measure.print_table([as_row(entry) for entry in results])
    largest = max(results, key=lambda entry: entry["MiB"]["torch.nn"])
    summary = {f"{key}, largest size": largest[key] for key in ("engine / torch.nn", "checkpoints / torch.nn")}
    measure.finish(options, measure.figures("memory", options, load, results, summary), lambda: picture(results))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
