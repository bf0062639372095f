"""What all tasks share: arguments of the training, the results file, the plot."""

from __future__ import annotations

import json
import os
import platform
import shlex
from pathlib import Path
from typing import Any

import numpy as np

from rnncore import ops
from rnncore.tasks.options import Options
from rnncore.train import Run, take_gpu, world

__all__ = ["BITS", "draw", "finish", "for_training", "machine", "on_device"]

BITS = 1 / np.log(2)
"""Bits in a nat."""
APART = ("--run-dir", "--results", "--plot", "--save")
"""Options that say where files go on one machine."""


def for_training(options: Options, *others: str) -> dict[str, Any]:
    """Return the arguments of a training function that come from the options every task has.

    others: the task's own options that the function takes under the same name.
    """
    named = {name: getattr(options, name) for name in ("seed", "device", "run_dir", *others)}
    return {**named, "progress": not options.quiet}


def on_device(params: dict[str, np.ndarray], device: str) -> dict[str, Any]:
    """Put parameters where they will be trained; under torchrun, "cuda" is the GPU of the process's local rank.

    params: parameters by name. device: "cpu", "torch" or "cuda".
    """
    take_gpu(device)
    return {name: ops.to_device(p, device) for name, p in params.items()}


def machine() -> str:
    """Name the processor, the number of cores that this process may use, and the versions that matter."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    threads = os.environ.get("OPENBLAS_NUM_THREADS")
    limit = f", {threads} BLAS thread(s)" if threads else ""
    return f"{model}, {cores} cores{limit}; Python {platform.python_version()}, NumPy {np.__version__}"


def finish(
    name: str,
    options: Options,
    arguments: list[str],
    run: Run,
    scores: dict[str, Any],
    floors: dict[str, float] | None = None,
) -> int:
    """Print the scores; write the results file and the plot if they were asked for. Returns the exit status, 0.

    Under torchrun, the first process does that and the others nothing.
    floors: lines to draw across the plot, such as the exact optimum, in the unit of the history's loss.
    name: of the task. options: those of the command line. arguments: those of the command line. run: what `fit`
    returned.
    """
    rank, size, _ = world()
    if rank > 0:
        return 0
    for key, value in scores.items():
        print(f"  {key:<44} {value:.4f}" if isinstance(value, float) else f"  {key:<44} {value}")
    if options.results:
        start = ["python"] if size == 1 else ["torchrun", "--nproc-per-node", str(size)]
        record = {
            "task": name,
            "command": shlex.join([*start, "-m", f"rnncore.tasks.{name}", *_lasting(arguments)]),
            "seed": options.seed,
            "steps": run.step,
            "parts": run.parts,
            "identity": run.identity,
            "minutes": round(run.seconds / 60, 2),
            "machine": machine(),
            "device": options.device,
            "scores": scores,
            "history": run.history,
        }
        options.results.parent.mkdir(parents=True, exist_ok=True)
        options.results.write_text(json.dumps(record, indent=1) + "\n")
        print(f"results: {options.results}")
    if options.plot:
        draw(run.history, floors or {}, name).save(str(options.plot))
        print(f"plot: {options.plot}")
    return 0


def draw(history: list[dict[str, float]], floors: dict[str, float], title: str) -> Any:
    """Draw loss and validation against the step, with a dashed line for each floor: an Altair chart.

    history: as in `Run`. floors: lines to draw across, by name. title: of the plot.
    """
    import altair as alt  # on request only

    points = [
        {"step": entry["step"], "value": value, "series": key}
        for entry in history
        for key, value in entry.items()
        if key != "step"
    ]
    lines = (
        alt.Chart(alt.Data(values=points))
        .mark_line()
        .encode(
            x=alt.X("step:Q", title="training step"),
            y=alt.Y("value:Q", title="", scale=alt.Scale(zero=False)),
            color="series:N",
        )
    )
    rules = [{"value": value, "series": key} for key, value in floors.items()]
    across = alt.Chart(alt.Data(values=rules)).mark_rule(strokeDash=[5, 4]).encode(y="value:Q", color="series:N")
    return (lines + across if rules else lines).properties(width=520, height=280, title=title)


def _lasting(arguments: list[str]) -> list[str]:
    """Return the arguments without those that only say where files go on one machine."""
    kept, skip = [], False
    for argument in arguments:
        if skip:
            skip = False
        elif argument in APART:
            skip = True
        elif argument != "--quiet" and not argument.startswith(tuple(f"{option}=" for option in APART)):
            kept.append(argument)
    return kept
