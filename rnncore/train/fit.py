"""The training loop: progress, history, validation, and checkpoints from which it goes on bit for bit."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from rnncore import ops
from rnncore.train import parallel
from rnncore.train.checkpoint import load_checkpoint, save_checkpoint
from rnncore.train.clip import clip_by_norm
from rnncore.train.identity import check_identity, of_run
from rnncore.train.optim import Optimiser
from rnncore.types import Array, Refused

__all__ = ["Run", "StepResult", "fit"]

Arrays = dict[str, Array]


@dataclass
class StepResult:
    """What one training step gives: the loss's sum and count, the gradients of the mean, and what to carry on."""

    total: float
    count: int
    grads: Arrays
    carry: Arrays = field(default_factory=dict)


@dataclass
class Run:
    """Where a training run stands. Everything that the next step depends on is here, and is saved.

    best: parameters at the lowest validation so far, when `fit` was asked to keep them. seconds: time spent in all.
    identity: what decides the numbers, in words. parts: for each time that it was begun or resumed, the step it went on
    "from" and the "steps" it was to do in all.
    """

    params: Arrays
    optimiser_state: Arrays
    step: int = 0
    carry: Arrays = field(default_factory=dict)
    history: list[dict[str, float]] = field(default_factory=list)
    best: Arrays = field(default_factory=dict)
    pending: list[float] = field(default_factory=lambda: [0.0, 0])
    seconds: float = 0.0
    identity: dict[str, Any] = field(default_factory=dict)
    parts: list[dict[str, int]] = field(default_factory=list)

    def lowest(self) -> float:
        """Return the lowest validation so far, infinity before the first."""
        return min((entry["validation"] for entry in self.history if "validation" in entry), default=float("inf"))

    def stale(self) -> int:
        """Return how many validations have passed since the lowest."""
        values = [entry["validation"] for entry in self.history if "validation" in entry]
        return len(values) - 1 - int(np.argmin(values)) if values else 0


def fit(
    params: Arrays,
    train_step: Callable[[Arrays, int, np.random.Generator, Arrays], StepResult],
    optimiser: Optimiser,
    steps: int,
    rng: np.random.Generator,
    *,
    clip: float | None = None,
    validate: Callable[[Arrays], float] | None = None,
    every: int = 100,
    keep_best: bool = False,
    patience: int | None = None,
    until: Callable[[dict[str, float]], bool] | None = None,
    run_dir: Path | None = None,
    progress: bool = True,
    identity: Mapping[str, Any] | None = None,
) -> Run:
    """Train by an optimiser for `steps` steps in all, those of an earlier, interrupted run included.

    train_step(params, step, rng, carry) computes one step's loss and gradients; carry is what its last result
    carried, {} at first. clip: threshold of the global norm, None for none. Every `every` steps, and at the end: one
    entry of history with the mean loss per token in nats since the last, the value of `validate` (lower is better),
    and a checkpoint in run_dir. keep_best: keep the parameters of the lowest validation. patience: stop after this
    many validations without a new lowest; implies keep_best. until: stop after the first entry of history for which
    this is true. If run_dir holds a checkpoint, training goes on from there. identity: what else decides the numbers,
    such as data and seed, by name and JSON-ready (`rnncore.train.identity`); a checkpoint keeps it with what `fit` sees
    by itself, and one that differs from it in anything but `steps` raises Refused.
    Under torchrun, train_step works on its `share` of the global batch, and totals, counts and gradients of all
    processes are added up after it; rank 0 validates, saves and shows progress; carry stays with its process.
    Raises FloatingPointError, naming the step, when loss, gradients or validation are not finite. An interrupt says
    which step was saved last.
    """
    steps, every = *ops.check_sizes(0, steps=steps), *ops.check_sizes(every=every)
    _check(clip, validate, keep_best, patience)
    choices = {"clip": clip, "every": every, "keep_best": keep_best, "patience": patience}
    told = {**(identity or {}), **of_run(optimiser, params, rng, **choices)}
    run = _begun(_resume(run_dir, params, optimiser, rng, told), steps, run_dir)
    quiet = not progress or parallel.world().rank > 0
    bar = tqdm(total=steps, initial=run.step, disable=quiet, file=sys.stderr, unit="step", dynamic_ncols=True)
    begun = time.monotonic() - run.seconds
    try:
        while run.step < steps and not _over(run, patience, until):
            result = _whole_step(train_step, run, rng)
            run.params, run.optimiser_state = _advance(run, result, optimiser, clip)
            run.carry, run.step = result.carry, run.step + 1
            run.pending = [run.pending[0] + result.total, run.pending[1] + result.count]
            bar.update()
            if run.step % every == 0 or run.step == steps:
                _record(run, validate, keep_best or patience is not None)
                bar.set_postfix({key: f"{value:.4f}" for key, value in run.history[-1].items() if key != "step"})
                run.seconds = time.monotonic() - begun
                _save(run_dir, run, rng)
    except KeyboardInterrupt:
        if parallel.world().rank > 0:
            raise
        where = "nothing was saved: no run_dir was given" if run_dir is None else f"go on from {run_dir}"
        print(f"\nInterrupted after step {run.step}; {where}, last saved step {_last(run)}.", file=sys.stderr)
        raise
    finally:
        bar.close()
    return run


def _check(
    clip: float | None, validate: Callable[[Arrays], float] | None, keep_best: bool, patience: int | None
) -> None:
    if patience is not None:
        ops.check_sizes(patience=patience)
    if clip is not None and not clip > 0:
        raise ValueError(f"clip: got {clip}, expected a positive number or None")
    if (keep_best or patience is not None) and validate is None:
        raise ValueError("validate: got None, expected a function, because keep_best or patience asks for it")


def _begun(run: Run, steps: int, run_dir: Path | None) -> Run:
    """Write down that the run goes on; Refused if it has gone further than it is to go."""
    if run.step > steps:
        raise Refused(f"steps: got {steps}, but the run in {run_dir} has done {run.step}; expected at least so many")
    run.parts = [*run.parts, {"from": run.step, "steps": steps}]
    return run


def _over(run: Run, patience: int | None, until: Callable[[dict[str, float]], bool] | None) -> bool:
    """Say whether it is time to stop before the last step."""
    if patience is not None and run.stale() >= patience:
        return True
    return until is not None and bool(run.history) and bool(until(run.history[-1]))


def _whole_step(train_step: Callable[..., StepResult], run: Run, rng: np.random.Generator) -> StepResult:
    """Return the result of a step over the global batch, whichever process worked on which part of it."""
    try:
        result = train_step(run.params, run.step, rng, run.carry)
    except parallel.EmptyShare:
        result = None
    if result is not None and not isinstance(result, StepResult):
        raise TypeError(f"train_step: got a {type(result).__name__} from it, expected a StepResult")
    if parallel.world().size == 1 and result is not None:
        return result
    found = None if result is None else (result.total, result.count, result.grads)
    total, count, grads, idle = parallel.add_up(found, run.params)
    if idle:  # a process without a part has drawn no masks
        rng.bit_generator.state = parallel.agree(lambda: rng.bit_generator.state)
    return StepResult(total, count, grads, run.carry if result is None else result.carry)


def _record(run: Run, validate: Callable[[Arrays], float] | None, keep_best: bool) -> None:
    """Add one more entry to history; with `keep_best`, the parameters if they are the best so far."""
    entry = {"step": run.step, "loss": run.pending[0] / max(run.pending[1], 1)}
    run.pending = [0.0, 0]
    if validate is not None:
        entry["validation"] = parallel.agree(lambda: float(validate(run.params)))
        if not np.isfinite(entry["validation"]):
            raise FloatingPointError(f"step {run.step}: the validation is {entry['validation']}")
        if keep_best and entry["validation"] < run.lowest():
            run.best = run.params
    run.history.append(entry)


def _advance(run: Run, result: StepResult, optimiser: Optimiser, clip: float | None) -> tuple[Arrays, Arrays]:
    """Return new parameters and optimiser state; the old ones stay as they are until both are there."""
    if not np.isfinite(result.total):
        raise FloatingPointError(f"step {run.step + 1}: the loss is {result.total}")
    try:
        grads, _ = clip_by_norm(result.grads, float("inf") if clip is None else clip)  # finds NaN in either case
    except FloatingPointError as error:
        raise FloatingPointError(f"step {run.step + 1}: {error}") from None
    return optimiser.update(run.params, grads, run.optimiser_state)


def _checkpoint(run_dir: Path) -> Path:
    return Path(run_dir) / "checkpoint.npz"


def _last(run: Run) -> int:
    return int(run.history[-1]["step"]) if run.history else 0


def _save(run_dir: Path | None, run: Run, rng: np.random.Generator) -> None:
    carry = parallel.gather(run.carry, rng)  # of all processes, so that any number of them can go on
    if run_dir is None or parallel.world().rank > 0:
        return
    groups = {"params": run.params, "optimiser": run.optimiser_state, "carry": carry, "best": run.best}
    meta: dict[str, Any] = {
        "step": run.step,
        "history": run.history,
        "rng": rng.bit_generator.state,
        "seconds": run.seconds,
        "identity": run.identity,
        "parts": run.parts,
    }
    save_checkpoint(_checkpoint(run_dir), groups, meta)


def _resume(
    run_dir: Path | None, params: Arrays, optimiser: Optimiser, rng: np.random.Generator, identity: dict[str, Any]
) -> Run:
    stored = parallel.agree(lambda: _stored(run_dir))
    if stored is None:
        params = _everywhere(params, rng)
        return Run(params, optimiser.init(params), identity=identity)
    groups, meta = stored
    check_identity(run_dir, meta.get("identity"), identity)
    shapes = {name: tuple(p.shape) for name, p in params.items()}
    saved = {name: p.shape for name, p in groups["params"].items()}
    if saved != shapes:
        raise Refused(f"run_dir: {run_dir} holds another model: got shapes {saved}, expected {shapes}")
    rng.bit_generator.state = meta["rng"]
    groups["carry"] = {name: parallel.cut(array) for name, array in groups["carry"].items()}
    like = next(iter(params.values()))
    for group in groups.values():  # back to the library and device of params; a step count stays a NumPy scalar
        group.update({name: ops.asarray_like(array, like) for name, array in group.items() if name != "step"})
    return Run(
        groups["params"],
        groups["optimiser"],
        meta["step"],
        groups["carry"],
        meta["history"],
        groups["best"],
        seconds=meta["seconds"],
        identity=identity,
        parts=meta["parts"],
    )


def _stored(run_dir: Path | None) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the checkpoint of a run that has one."""
    return load_checkpoint(_checkpoint(run_dir)) if run_dir is not None and _checkpoint(run_dir).exists() else None


def _everywhere(params: Arrays, rng: np.random.Generator) -> Arrays:
    """Return rank 0's first parameters and generator in all processes: two machines can round differently."""
    if parallel.world().size == 1:
        return params
    first = parallel.agree(lambda: {name: ops.to_numpy(p) for name, p in params.items()})
    rng.bit_generator.state = parallel.agree(lambda: rng.bit_generator.state)
    return {name: ops.asarray_like(first[name], p) for name, p in params.items()}
