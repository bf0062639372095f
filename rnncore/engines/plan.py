"""Where each number of a cell's step lives, found by running the cell once on single numbers and watching identities.

A driver keeps, for all T steps: one slot per gate, which holds the input part, then what `forward` saves, then the
gradient da; the states; and a few extra arrays for what has no slot. What a stage saves that is a state already is
not kept twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np

from rnncore.types import Cell

__all__ = ["Place", "Plan", "StagePlan", "gradients_of", "plan"]

Place = tuple[str, int]
"""("old", k): part k of the state before the step. ("new", k): after it. ("slot", k): of gate k. ("extra", k)."""


class StagePlan(NamedTuple):
    """One stage. `first` and `gates`: its block of gates.

    inputs: the place of each further input, beyond the state. outputs, saved: of each output and saved value.
    du: None where du is da for every gate; else for each gate its place.
    operand: the place of what W multiplies.
    """

    first: int
    gates: int
    operand: Place
    inputs: tuple[Place, ...]
    outputs: tuple[Place, ...]
    saved: tuple[Place, ...]
    du: tuple[Place, ...] | None


class Plan(NamedTuple):
    """A cell's stages, and how many extra arrays they need."""

    stages: tuple[StagePlan, ...]
    extras: int


@cache
def plan(cell: Cell) -> Plan:
    """Return where the numbers of one step of a cell live.

    Raises ValueError for a cell with a rowwise stage, by name.
    """
    rowwise = [stage.forward.__name__ for stage in cell.stages if stage.rowwise]
    if rowwise:
        raise ValueError(f"cell: got {rowwise[0]} of {cell.name}, which needs whole rows, expected elementwise stages")
    draw = np.random.default_rng(0)

    def number():
        return draw.uniform(0.1, 0.9, 1)

    state, own = tuple(number() for _ in cell.state), tuple(number() for _ in cell.own)
    places: dict[int, Place] = {id(part): ("old", k) for k, part in enumerate(state)}
    alive: list = [*state]  # or an identity could come again
    extras, first, stages, found = 0, 0, [], []
    operand, carried = state[0], ()
    for index, stage in enumerate(cell.stages):
        G, last = len(stage.gates), index == len(cell.stages) - 1
        a, u = (tuple(number() for _ in range(G)) for _ in range(2))
        outputs, saved = stage.forward(a, u, state + carried, own)
        alive += [*outputs, *saved]
        inside = (places[id(operand)], tuple(places[id(part)] for part in carried))
        if last:
            for k, part in enumerate(outputs):
                places.setdefault(id(part), ("new", k))
        slots = [("slot", first + k) for k in range(G)]
        fresh = {id(part): None for part in (*saved, *outputs[1:]) if id(part) not in places}
        if not last:  # what W multiplies next must outlive the backward pass, and slots are overwritten there
            fresh.pop(id(outputs[0]), None)
            if id(outputs[0]) not in places:
                places[id(outputs[0])], extras = ("extra", extras), extras + 1
        mine = []
        for key in fresh:
            if slots:
                places[key] = slots.pop(0)
            else:
                places[key], extras = ("extra", extras), extras + 1
                mine.append(places[key])
        found.append((saved, outputs, mine))
        after, kept = (tuple(places[id(part)] for part in parts) for parts in (outputs, saved))
        stages.append(StagePlan(first, G, *inside, after, kept, None))
        operand, carried, first = outputs[0], outputs[1:], first + G
    for index, (stage, (saved, outputs, mine)) in enumerate(zip(cell.stages, found)):
        da, du, _, _ = stage.backward(tuple(number() for _ in outputs), saved, own)
        if any(x is not y for x, y in zip(da, du)):
            where = []
            for k, (x, y) in enumerate(zip(da, du)):
                if x is y:
                    where.append(("slot", stages[index].first + k))
                elif mine:
                    where.append(mine.pop())
                else:
                    where.append(("extra", extras))
                    extras += 1
            stages[index] = stages[index]._replace(du=tuple(where))
    return Plan(tuple(stages), extras)


def gradients_of(stage: StagePlan) -> Iterator[tuple[int, int, Place | None]]:
    """Return where du of each gate is: (first gate, how many, place or None for the slots), neighbours in slots
    together.

    stage: of the cell.
    """
    places = stage.du or (("slot", stage.first),) * stage.gates
    k = 0
    while k < stage.gates:
        count = 1
        while places[k][0] == "slot" and k + count < stage.gates and places[k + count][0] == "slot":
            count += 1
        yield stage.first + k, count, None if places[k][0] == "slot" else places[k]
        k += count
