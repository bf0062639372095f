"""The few shapes that data takes on its way through the package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

__all__ = ["Array", "Cell", "Params", "Stage", "State"]

Array = Any
"""An array of NumPy, torch or any library that follows the array API; floating or complex."""

State = tuple[Array, ...]
"""A recurrent state, (h,) or (h, C); each of shape (B, H)."""


class Params(NamedTuple):
    """The weights of one recurrent layer, or their gradients.

    V: (G*H, D) multiplies the input, W: (G*H, H) multiplies the state, b: (G*H,) is the bias.
    The G gates are stacked in the order of `Cell.gates`.
    own: what the cell has besides, each (H,), in the order of `Cell.own` (the GRU's b_n, say).
    """

    V: Array
    W: Array
    b: Array
    own: tuple[Array, ...] = ()


class Stage(NamedTuple):
    """One forward/backward pair of a cell's calculus. It knows no matrix and no time.

    gates: the names of the gates computed here. A stage is given one input part and one recurrent part for each.

    forward(a, u, inputs, own) -> (outputs, saved)

        a: tuple of (B, H), the input part V x_t + b of each of this stage's gates
        u: tuple of (B, H), the recurrent part W q of each;
        q is h_{t-1} in the first stage, and the first output of the stage before in a later one
        inputs: the state, followed by the other outputs of the stage before
        own: the cell's own parameters
        outputs: in the last stage the new state; before it, q for the next stage and what else that stage needs
        saved: whatever `backward` wants

    backward(doutputs, saved, own) -> (da, du, dinputs, down)
        gradients in the same layout; da and du are separate because they can differ (the GRU's n);
        each of `down` has shape (B, H): the driver sums it over batch and time.

    rowwise: False when every operation is elementwise. True when a row is needed whole (layer normalisation);
        an engine may refuse such a stage by name.
    """

    gates: tuple[str, ...]
    forward: Callable[..., tuple]
    backward: Callable[..., tuple]
    rowwise: bool = False


@dataclass(frozen=True)
class Cell:
    """A recurrent cell: names, and stages that hold its equations.

    name: as printed. gates: the blocks of V, W and b from the top down. state: names of the state's parts,
    h first. own: names of the parameters of shape (H,) besides V, W and b.
    """

    name: str
    gates: tuple[str, ...]
    state: tuple[str, ...]
    stages: tuple[Stage, ...]
    own: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        staged = tuple(gate for stage in self.stages for gate in stage.gates)
        if staged != self.gates:
            raise ValueError(f"stages: got gates {staged}, expected those of the cell, {self.gates}, in this order")
        if self.state[:1] != ("h",):
            raise ValueError(f"state: got {self.state}, expected 'h' first")
