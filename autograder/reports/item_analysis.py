"""Item analysis, as in classical test theory: how well do the exercises of one assignment measure the same thing?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

__all__ = ["Correlation", "cronbach_alpha", "discrimination"]

FEWEST = 4
"""Students below which nothing is said: an interval for a correlation needs that many."""


@dataclass(frozen=True)
class Correlation:
    """Hold a correlation and the ends of its 95 % interval (Fisher's)."""

    r: float
    low: float
    high: float


def discrimination(points: np.ndarray) -> list[Correlation | None]:
    """Return of each item (column) its correlation with the sum of the others, over the students (rows).

    For an item that is right or wrong this is the point-biserial correlation. None where it is undefined: when the
    item or the rest is the same for all, with one item alone, with fewer than four students.
    """
    students, items = points.shape
    if students < FEWEST or items < 2:
        return [None] * items
    rest = points.sum(axis=1, keepdims=True) - points
    return [_correlation(points[:, k], rest[:, k]) for k in range(items)]


def cronbach_alpha(points: np.ndarray) -> float | None:
    """Return Cronbach's alpha of the sum of the items; KR-20 where each is 0 or 1. None where it is undefined."""
    students, items = points.shape
    if students < FEWEST or items < 2 or _constant(points.sum(axis=1)):
        return None
    parts, whole = points.var(axis=0, ddof=1).sum(), points.sum(axis=1).var(ddof=1)
    return float(items / (items - 1) * (1 - parts / whole))


def _correlation(item: np.ndarray, rest: np.ndarray) -> Correlation | None:
    """Return the correlation of one item with the rest; None where one of them is the same for all."""
    if _constant(item) or _constant(rest):
        return None
    result: Any = stats.pearsonr(item, rest)  # its stubs know of no attributes
    r = float(result.statistic)
    if math.isclose(abs(r), 1.0):  # Fisher's transform is infinite there
        return Correlation(r, r, r)
    interval = result.confidence_interval(0.95)
    return Correlation(r, float(interval.low), float(interval.high))


def _constant(values: np.ndarray) -> bool:
    """Return whether all values are the same, but for rounding."""
    return bool(np.ptp(values) <= 1e-9 * max(1.0, float(np.abs(values).max())))
