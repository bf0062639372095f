"""Learning rates that change with the step: functions of the number of updates done, from 0."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from rnncore.ops import check_sizes

__all__ = ["Schedule", "at", "cosine", "linear", "step_decay"]

Schedule = float | Callable[[int], float]
"""A learning rate, or a function from the number of updates done to one."""


def at(lr: Schedule, step: int) -> float:
    """Return the learning rate of the update after `step` others.

    lr: a number, or a function of the step.
    Raises ValueError for one that is negative or not finite.
    """
    value = float(lr(step)) if callable(lr) else float(lr)
    if not 0 <= value < math.inf:
        raise ValueError(f"lr: got {value} for update {step}, expected a finite number, at least 0")
    return value


def cosine(lr: float, steps: int, warmup: int = 0, final: float = 0.0) -> Callable[[int], float]:
    """Rise in a straight line over `warmup` updates, then fall to `final` along half a cosine.

    Loshchilov and Hutter, 2017.
    lr: the highest rate. steps: after which it is `final`.
    """
    return _Cosine(lr, steps, warmup, final)


def linear(lr: float, steps: int, warmup: int = 0, final: float = 0.0) -> Callable[[int], float]:
    """Rise in a straight line over `warmup` updates, then fall in another to `final` after `steps`.

    lr: the highest rate.
    """
    return _Linear(lr, steps, warmup, final)


def step_decay(lr: float, every: int, factor: float = 0.5) -> Callable[[int], float]:
    """Multiply by `factor` after every `every` updates.

    lr: the first rate.
    """
    return _Steps(lr, check_sizes(every=every)[0], factor)


@dataclass(frozen=True)
class _Falling:
    """A schedule that rises and falls. A record and no closure, so that a checkpoint can say which it is."""

    lr: float
    steps: int
    warmup: int
    final: float

    def __post_init__(self) -> None:
        _check(self.lr, self.steps, self.warmup, self.final)

    def __call__(self, step: int) -> float:
        if step < self.warmup:
            return self.lr * (step + 1) / self.warmup
        return self.after(min(1.0, (step - self.warmup) / max(1, self.steps - self.warmup)))

    def after(self, done: float) -> float:
        raise NotImplementedError


class _Cosine(_Falling):
    def after(self, done: float) -> float:
        return self.final + (self.lr - self.final) * 0.5 * (1 + math.cos(math.pi * done))


class _Linear(_Falling):
    def after(self, done: float) -> float:
        return self.lr + (self.final - self.lr) * done


@dataclass(frozen=True)
class _Steps:
    lr: float
    every: int
    factor: float

    def __post_init__(self) -> None:
        _check(self.lr, self.every, 0)
        if not self.factor > 0:
            raise ValueError(f"factor: got {self.factor}, expected a positive number")

    def __call__(self, step: int) -> float:
        return self.lr * self.factor ** (step // self.every)


def _check(lr, steps, warmup, final=0.0):
    if not final >= 0:
        raise ValueError(f"final: got {final}, expected at least 0")
    check_sizes(steps=steps)
    check_sizes(0, warmup=warmup)
    if not lr > 0 or warmup > steps:
        raise ValueError(f"lr, steps, warmup: got {lr}, {steps}, {warmup}, expected lr > 0, warmup <= steps")
