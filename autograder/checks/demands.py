"""What an exercise asks beyond the plain case, measured from the arguments that its cases pass.

A case belongs to the first demand here that its arguments show, or else to none: then it is plain. Each demand is
announced in the notebook, and is worth a share of the points. A function that fails at nothing but a demand loses that
share alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from autograder.checks.contract import Contract

__all__ = ["DEMANDS", "PLAIN", "UNCHANGED", "Demand", "announcement", "demand_of", "shares"]

LARGE = 100.0
"""From this size on an entry counts as large; cases stay far from it, at a third of it or at ten times as much."""


class Demand(NamedTuple):
    """share: of the points. told: what the notebook says. name: what a message calls it."""

    name: str
    share: float
    told: str


PLAIN = "the plain cases"
UNCHANGED = "arguments stay as they are"
DEMANDS = (
    Demand(UNCHANGED, 0.2, "arguments stay as they are, some are read-only"),
    Demand("float32", 0.05, "arguments may be float32, and what you return either float32 or float64"),
    Demand("sizes of 1", 0.1, "each size may be 1"),
    Demand("views", 0.05, "an array may be a view, transposed or every other column of a wider one"),
    Demand("large numbers", 0.1, "entries may be in the thousands, and nothing may overflow"),
)


def demand_of(contracts: Mapping[str, Contract], calls: Iterable[tuple[str, tuple]], plain: Iterable[str] = ()) -> str:
    """Return the name of the demand that the calls of a case show, or PLAIN. plain: what is no demand here."""
    shown = {name for function, args in calls for name in _shown(contracts.get(function), args)}.difference(plain)
    return next((demand.name for demand in DEMANDS if demand.name in shown), PLAIN)


def shares(demands: Iterable[str]) -> dict[str, float]:
    """Return the share of each of an exercise's demands; what they leave belongs to the plain cases."""
    found = {demand.name: demand.share for demand in DEMANDS if demand.name in set(demands)}
    return {PLAIN: 1 - sum(found.values()), **found}


def announcement(spec: ModuleType) -> list[str]:
    """Return the sentence of the notebook on what an exercise asks beyond the plain case, if it asks anything."""
    found = shares(getattr(spec, "DEMANDS", ()))
    told = {demand.name: demand.told for demand in DEMANDS}
    also = [f"{told[name]} ({share:.0%})" for name, share in found.items() if name != PLAIN]
    if not also:
        return []
    return [f"*Asked besides the plain case, each for its share of the points:* {'; '.join(also)}."]


def _shown(contract: Contract | None, args: tuple) -> Iterator[str]:
    """Yield the demands that one call shows."""
    if contract is not None and 1 in contract.sizes(args).values():
        yield "sizes of 1"
    for array in _arrays(args):
        if not array.flags.writeable:
            yield UNCHANGED
        if array.dtype == np.float32:
            yield "float32"
        if array.ndim and not array.flags.c_contiguous:
            yield "views"
        if array.dtype.kind == "f" and np.abs(array[np.isfinite(array)]).max(initial=0) > LARGE:
            yield "large numbers"


def _arrays(value: Any) -> Iterator[np.ndarray]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _arrays(one)
    elif isinstance(value, dict):
        yield from _arrays(list(value.values()))
