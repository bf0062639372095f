"""Two tests of memory, and what a model without memory scores on them."""

from __future__ import annotations

import numpy as np

from rnncore.ops import check_sizes

__all__ = ["ADDING_BASELINE", "adding_task", "copy_baseline", "copy_task"]

ADDING_BASELINE = 1 / 6
"""Mean squared error of always answering 1: the variance of the sum of two numbers uniform in [0, 1]."""


def adding_task(T: int, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw n sequences of T pairs (number, mark), and the sum of the two marked numbers: xs (T, n, 2), targets (n, 1).

    Numbers are uniform in [0, 1]; one mark stands in each half. Hochreiter and Schmidhuber, 1997.
    rng: draws.
    """
    T, n = *check_sizes(2, T=T), *check_sizes(n=n)
    xs = np.zeros((T, n, 2))
    xs[..., 0] = rng.random((T, n))
    for low, high in [(0, T // 2), (T // 2, T)]:
        xs[rng.integers(low, high, n), np.arange(n), 1] = 1
    return xs, (xs[..., 0] * xs[..., 1]).sum(axis=0)[:, None]


def copy_task(
    delay: int, n: int, rng: np.random.Generator, length: int = 10, symbols: int = 8
) -> tuple[np.ndarray, np.ndarray]:
    """Draw n sequences to keep in mind and repeat: ids and targets, each (delay + 2 length, n).

    First `length` symbols 0..symbols-1, then blanks; a mark (symbols + 1) in place of the last blank of the delay says
    when to begin. The target is blank (the number `symbols`) until the last `length` steps, which repeat the symbols.
    Arjovsky, Shah and Bengio, 2016.
    rng: draws.
    """
    delay, n, length, symbols = check_sizes(delay=delay, n=n, length=length, symbols=symbols)
    drawn = rng.integers(0, symbols, (length, n))
    ids = np.full((delay + 2 * length, n), symbols)
    targets = ids.copy()
    ids[:length], ids[length + delay - 1], targets[-length:] = drawn, symbols + 1, drawn
    return ids, targets


def copy_baseline(delay: int, length: int = 10, symbols: int = 8) -> float:
    """Return the loss without memory, in nats per step: length ln(symbols) / (delay + 2 length)."""
    delay, length, symbols = check_sizes(delay=delay, length=length, symbols=symbols)
    return float(length * np.log(symbols) / (delay + 2 * length))
