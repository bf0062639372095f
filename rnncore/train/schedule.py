"""Learning rates that change with the step: functions of the number of updates done, from 0."""

from __future__ import annotations

import math
from collections.abc import Callable

from rnncore.ops import check_sizes

__all__ = ["Schedule", "at", "cosine", "linear", "step_decay"]

Schedule = float | Callable[[int], float]
"""A learning rate, or a function from the number of updates done to one."""


def at(lr: Schedule, step: int) -> float:
    """Return the learning rate of the update after `step` others.

    Raises ValueError for one that is negative or not finite.
    """
    value = float(lr(step)) if callable(lr) else float(lr)
    if not 0 <= value < math.inf:
        raise ValueError(f"lr: got {value} for update {step}, expected a finite number, at least 0")
    return value


def cosine(lr: float, steps: int, warmup: int = 0, final: float = 0.0) -> Callable[[int], float]:
    """Rise in a straight line over `warmup` updates, then fall to `final` along half a cosine.

    Loshchilov and Hutter, 2017.
    """
    _check(lr, steps, warmup, final)

    def schedule(step: int) -> float:
        if step < warmup:
            return lr * (step + 1) / warmup
        done = min(1.0, (step - warmup) / max(1, steps - warmup))
        return final + (lr - final) * 0.5 * (1 + math.cos(math.pi * done))

    return schedule


def linear(lr: float, steps: int, warmup: int = 0, final: float = 0.0) -> Callable[[int], float]:
    """Rise in a straight line over `warmup` updates, then fall in another to `final` after `steps`."""
    _check(lr, steps, warmup, final)

    def schedule(step: int) -> float:
        if step < warmup:
            return lr * (step + 1) / warmup
        return lr + (final - lr) * min(1.0, (step - warmup) / max(1, steps - warmup))

    return schedule


def step_decay(lr: float, every: int, factor: float = 0.5) -> Callable[[int], float]:
    """Multiply by `factor` after every `every` updates."""
    (every,) = check_sizes(every=every)
    _check(lr, every, 0)
    if not factor > 0:
        raise ValueError(f"factor: got {factor}, expected a positive number")
    return lambda step: lr * factor ** (step // every)


def _check(lr, steps, warmup, final=0.0):
    if not final >= 0:
        raise ValueError(f"final: got {final}, expected at least 0")
    check_sizes(steps=steps)
    check_sizes(0, warmup=warmup)
    if not lr > 0 or warmup > steps:
        raise ValueError(f"lr, steps, warmup: got {lr}, {steps}, {warmup}, expected lr > 0, warmup <= steps")
