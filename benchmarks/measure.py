"""What the benchmarks share: candidates timed in turns, the machine in words, arguments, tables, pictures, files.

A benchmark is a module with a `main`, run as `python -m benchmarks.NAME`. Its JSON file has the keys of `figures`.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import json
import math
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import altair as alt
import numpy as np
import threadpoolctl
import torch
import vl_convert

__all__ = [
    "Timing",
    "arguments",
    "figures",
    "finish",
    "interleaved",
    "lines",
    "machine",
    "parsed",
    "points",
    "print_table",
    "threads_variables",
]

Rows = Sequence[Mapping[str, Any]]
Chart = alt.Chart | alt.FacetChart

LEAST = 3
"""Turns of even the slowest candidate: with fewer there is no median to speak of."""


class Timing(NamedTuple):
    """Milliseconds of one call over `turns` turns: the median, and the lower and the upper quartile."""

    median: float
    low: float
    high: float
    turns: int


def interleaved(
    candidates: Mapping[str, Callable[[], object]],
    rounds: int = 9,
    seconds: float = 3.0,
    turn: float = 0.02,
    pause: float = 0.03,
    clock: Callable[[], float] = time.perf_counter,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Timing]:
    """Time the candidates in turns in this process: what else the machine does then falls on all of them.

    Each is called twice before. A round gives each its turn, beginning with another one each time, every second round
    backwards, so that none always comes after the same one. The garbage collector is off within a round.
    rounds: turns of each; fewer, but at least 3, where more than `seconds` would be spent on one candidate.
    turn: a turn lasts at least so many seconds; a short call is repeated in it. pause: seconds of rest before a turn,
    in which the threads of the one before stop to spin for more work.
    Raises ValueError for no candidates or no rounds.
    """
    if not candidates or rounds < 1:
        raise ValueError(f"candidates, rounds: got {list(candidates)}, {rounds}, expected at least one of each")
    calls, turns = {}, {}
    for name, call in candidates.items():
        call()  # compiles, allocates, fills caches
        began = clock()
        call()
        once = max(clock() - began, 1e-6)
        calls[name] = max(1, math.ceil(turn / once))
        turns[name] = min(rounds, max(LEAST, int(seconds / (once * calls[name]))))
    samples: dict[str, list[float]] = {name: [] for name in candidates}
    for k in range(rounds):
        gc.collect()
        collecting = gc.isenabled()
        gc.disable()
        try:
            for name in _order(list(candidates), k):
                if k * turns[name] % rounds < turns[name]:  # so many of the rounds, spread evenly
                    sleep(pause)
                    began = clock()
                    for _ in range(calls[name]):
                        candidates[name]()
                    samples[name].append(1000 * (clock() - began) / calls[name])
        finally:
            if collecting:
                gc.enable()
    return {name: _timing(found) for name, found in samples.items()}


def _order(names: list[str], k: int) -> list[str]:
    turned = names[k % len(names) :] + names[: k % len(names)]
    return turned[::-1] if k % 2 else turned


def _timing(milliseconds: list[float]) -> Timing:
    low, median, high = (float(q) for q in np.quantile(milliseconds, (0.25, 0.5, 0.75)))
    return Timing(median, low, high, len(milliseconds))


# -- Arguments and threads


def arguments(description: str | None, threads: int = 1) -> argparse.ArgumentParser:
    """Make a parser with the arguments that all benchmarks have. threads: the default of --threads."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here, too")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw them here, as SVG")
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that it runs, measures nothing")
    parser.add_argument("--threads", type=int, default=threads, help="of every library (%(default)s)")
    return parser


def threads_variables(count: int) -> dict[str, str]:
    """Return the variables by which the libraries learn how many threads to use. They read them when they are imported.

    OMP_NUM_THREADS is for torch and for the CPU engine, NPROC for JAX.
    """
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NPROC")
    return dict.fromkeys(names, str(count))


def parsed(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Return the arguments of this process, with --threads in effect.

    The libraries are imported by now, so a process that was started with other variables starts itself again.
    """
    options = parser.parse_args()
    if options.threads < 1:
        parser.error(f"--threads: got {options.threads}, expected at least 1")
    wanted = threads_variables(options.threads)
    if any(os.environ.get(name) != value for name, value in wanted.items()):
        os.environ.update(wanted)
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    torch.set_num_threads(options.threads)
    gc.collect()
    gc.freeze()  # what was imported stays: to look through it for garbage takes longer than many a step
    atexit.register(gc.unfreeze)  # or libraries report at the end what they think was leaked
    return options


# -- The machine


def machine() -> dict[str, Any]:
    """Return what a figure depends on, nothing that names the machine: processor, libraries, their matrix kernels."""
    np.ones((2, 2)) @ np.ones((2, 2))
    found = {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "torch": torch.__version__,
        "BLAS of numpy": _blas(),
        "BLAS of torch": _torch_blas(),
    }
    for name in ("numba", "jax"):
        if name in sys.modules:
            found[name] = sys.modules[name].__version__
    return found


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = re.findall(r"^model name\s*:\s*(.+)$", cpuinfo.read_text(encoding="utf-8"), re.MULTILINE)
        if names:
            return names[0]
    return platform.processor() or platform.machine()


def _blas() -> str:
    """Return library, version and kernel: a library that mistakes the processor for an older one is half as fast."""
    found = [pool for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]
    found = [pool for pool in found if "numpy" in pool["filepath"]] or found  # SciPy's wheels bring another one
    words = [f"{pool['internal_api']} {pool['version']}, kernel {pool.get('architecture', '?')}" for pool in found]
    return "; ".join(dict.fromkeys(words)) or "not known"


def _torch_blas() -> str:
    """Return what torch says of its MKL, which its wheels hold inside, where threadpoolctl does not see it."""
    built = re.search(r"(?:oneAPI )?Math Kernel Library Version (\S+)", torch.__config__.show())
    library = f"MKL {built[1]}" if built else "not MKL"
    return f"{library}, instructions {torch.backends.cpu.get_cpu_capability()}"


# -- Results


def figures(
    name: str, options: argparse.Namespace, load: float, results: Rows, summary: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what a benchmark's JSON file holds.

    benchmark, date, machine, threads, quick; "load before": processes that wanted a core before it began (with more
    than a few tenths, the figures are of other work, too); results: one entry for each thing measured; summary.
    """
    return {
        "benchmark": name,
        "date": time.strftime("%Y-%m-%d"),
        "machine": machine(),
        "threads": options.threads,
        "quick": options.quick,
        "load before": load,
        "results": list(results),
        "summary": dict(summary),
    }


def finish(options: argparse.Namespace, found: Mapping[str, Any], chart: Callable[[], Chart]) -> None:
    """Write the JSON file and draw the picture, each where it was asked for, and say on what this ran."""
    print()
    for key, value in found["machine"].items():
        print(f"{key}: {value}")
    print(f"threads: {found['threads']}; load before: {found['load before']:.2f}")
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if options.plot is not None:
        options.plot.write_text(_svg(chart()), encoding="utf-8")


def _svg(chart: Chart) -> str:
    """Give text the colour of the page, light or dark."""
    text = {"labelColor": "currentColor", "titleColor": "currentColor"}
    axis = {**text, "domainColor": "currentColor", "tickColor": "currentColor", "gridColor": "rgba(128,128,128,0.25)"}
    whole = chart.configure(background="transparent", axis=axis, legend=text, header=text, view={"stroke": None})
    return vl_convert.vegalite_to_svg(whole.to_json())


def print_table(rows: Rows) -> None:
    """Print rows of equal keys, aligned: words to the left, numbers to the right with three digits that count."""
    if not rows:
        return
    names = list(rows[0])
    cells = [names, *([_cell(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[k]) for line in cells) for k in range(len(names))]
    left = [isinstance(rows[0][name], str) for name in names]
    for line in cells:
        padded = (text.ljust(width) if words else text.rjust(width) for text, width, words in zip(line, widths, left))
        print("  ".join(padded).rstrip(), flush=True)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}" if abs(value) >= 1e-3 else f"{value:.1e}"
    return str(value)


def lines(values: Rows, x: str, y: str, colour: str, column: str | None = None) -> Chart:
    """Draw lines with points over two logarithmic axes.

    values: entries with these four keys; column: one plot for each.
    """
    data = alt.Data(values=[dict(value) for value in values])
    chart = (
        alt.Chart(data, width=260, height=220)
        .mark_line(point=True)
        .encode(
            x=alt.X(f"{x}:Q", scale=alt.Scale(type="log", nice=False)),
            y=alt.Y(f"{y}:Q", scale=alt.Scale(type="log", nice=False)),
            color=alt.Color(f"{colour}:N", sort=None, title=None),
        )
    )
    return _columns(chart, column, values)


def points(values: Rows, x: str, y: str, colour: str, column: str | None = None) -> Chart:
    """Draw points along a logarithmic axis x, one line for each y. values: as for `lines`."""
    data = alt.Data(values=[dict(value) for value in values])
    chart = (
        alt.Chart(data, width=260, height=220)
        .mark_point(filled=True, size=60)
        .encode(
            x=alt.X(f"{x}:Q", scale=alt.Scale(type="log", nice=False)),
            y=alt.Y(f"{y}:N", sort=None, title=None),
            color=alt.Color(f"{colour}:N", sort=None, title=None),
        )
    )
    return _columns(chart, column, values)


def _columns(chart: alt.Chart, column: str | None, values: Rows) -> Chart:
    if column is None:
        return chart
    order = list(dict.fromkeys(str(value[column]) for value in values))
    return chart.facet(column=alt.Column(f"{column}:N", sort=order, title=None)).resolve_scale(x="independent")
