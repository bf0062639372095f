"""The few shapes that data takes on its way through the package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, runtime_checkable

__all__ = ["Array", "Cell", "Model", "Params", "Refused", "Stage", "State"]

Array = Any
"""An array of NumPy, torch or any library that follows the array API; floating or complex."""

State = tuple[Array, ...]
"""A recurrent state, (h,) or (h, C); each of shape (B, H)."""


class Refused(ValueError):
    """What was asked for cannot be done, and the asker can mend it: a file, an option, a folder of another run.

    The message is one line that names the thing, says what was got and what is expected. Commands print it and stop.
    """


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


@runtime_checkable
class Model(Protocol):
    """What every model of `rnncore.models` has, and `rnncore.torch.Module` asks of one: four methods, one order.

    What goes on comes first; what is kept for the backward pass, or is for the parameters, comes last:

        forward(params, *inputs, rng=None) -> (output, *state, cache)
        backward(doutput, cache) -> (dinput, grads)
        loss(params, *inputs, rng=None) -> (total, count, *state, grads)

    state: the final state, of a model that takes an initial one, and nothing else. dinput: the gradient on what it
    takes that is not made of symbols, an initial state or real vectors, laid out as that; None where there is none.
    grads: a dict with the names and shapes of params. total / count is the mean loss, and that of `loss` its gradient.

    Layers and drivers keep the same order: a forward pass returns its cache last, a backward pass the gradients in the
    order of the arguments, those on inputs first, those of parameters last. Why last: the flow of the backward pass is
    that of the inputs, so `dx, *rest = ...` goes on down the network, and `*_, grads = ...` is right for every model
    and for `rnncore.layers.Recurrent`, however many inputs have a gradient.
    """

    def init(self, rng: Any, dtype: Any = ...) -> dict[str, Array]:
        """Return random parameters by name, NumPy arrays of this dtype, drawn by rng."""
        ...

    def forward(self, params: dict[str, Array], *inputs: Any, **options: Any) -> tuple:
        """Return the output, the final state if the model takes an initial one, and a cache; options such as rng."""
        ...

    def backward(self, doutput: Array, cache: Any) -> tuple[Any, dict[str, Array]]:
        """Return the gradient on the input, or None, and those of the parameters by name."""
        ...

    def loss(self, params: dict[str, Array], *inputs: Any, **options: Any) -> tuple:
        """Return the sum of losses, the count, the final state if any, the gradients of the mean; options: rng."""
        ...
