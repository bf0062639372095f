"""Optimisers: pure functions over dicts of arrays. Their state is a dict of arrays too, so it can be saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rnncore import ops
from rnncore.train.schedule import Schedule, at
from rnncore.types import Array

__all__ = ["SGD", "Adam", "AdamW", "Optimiser", "RMSProp"]

Arrays = dict[str, Array]


class Optimiser(Protocol):
    """init makes the state; update returns new parameters and a new state and changes nothing in place.

    params, grads: arrays by name. lr is a number, or a schedule: a function of the number of updates done
    (`rnncore.train.schedule`).
    """

    def init(self, params: Arrays) -> Arrays: ...
    def update(self, params: Arrays, grads: Arrays, state: Arrays) -> tuple[Arrays, Arrays]: ...


@dataclass(frozen=True)
class SGD:
    """p <- p - lr m with m <- momentum m + g.

    Equation: sgd-momentum
    """

    lr: Schedule
    momentum: float = 0.0

    def __post_init__(self) -> None:
        _check_decays(self, "momentum")

    def init(self, params: Arrays) -> Arrays:
        """Begin with velocities of zero, and a step count.

        params: arrays by name. Returns the state, a dict of arrays.
        """
        return _zeros(params, "m")

    def update(self, params: Arrays, grads: Arrays, state: Arrays) -> tuple[Arrays, Arrays]:
        """Do one step. All three dicts have the same names.

        params, grads: arrays by name, of one shape and dtype each. state: what `init` or the last update returned.
        Returns new parameters and a new state. Raises TypeError or ValueError, naming the array, for what does not fit.
        """
        _check(self, params, grads, state)
        lr, new_state = at(self.lr, int(state["step"])), {"step": state["step"] + 1}
        for name in params:
            new_state[f"m.{name}"] = self.momentum * state[f"m.{name}"] + grads[name]
        return {name: p - lr * new_state[f"m.{name}"] for name, p in params.items()}, new_state


@dataclass(frozen=True)
class RMSProp:
    """p <- p - lr g / (sqrt(v) + eps), v a running mean of g^2. Hinton's lecture of 2012; torch.optim.RMSprop.

    Equation: rmsprop
    """

    lr: Schedule
    beta: float = 0.99
    eps: float = 1e-8

    def __post_init__(self) -> None:
        _check_decays(self, "beta")
        object.__setattr__(self, "eps", float(self.eps))

    def init(self, params: Arrays) -> Arrays:
        """Begin with a running mean of zero, and a step count.

        params: arrays by name. Returns the state, a dict of arrays.
        """
        return _zeros(params, "v")

    def update(self, params: Arrays, grads: Arrays, state: Arrays) -> tuple[Arrays, Arrays]:
        """Do one step.

        params, grads: arrays by name, of one shape and dtype each. state: what `init` or the last update returned.
        Returns new parameters and a new state. Raises TypeError or ValueError, naming the array, for what does not fit.
        """
        _check(self, params, grads, state)
        lr, new_state, new_params = at(self.lr, int(state["step"])), {"step": state["step"] + 1}, {}
        for name, p in params.items():
            g = grads[name]
            v = new_state[f"v.{name}"] = self.beta * state[f"v.{name}"] + (1 - self.beta) * g * g
            new_params[name] = p - lr * g / (ops.namespace(v).sqrt(v) + self.eps)
        return new_params, new_state


@dataclass(frozen=True)
class Adam:
    """p <- p - lr m / (sqrt(v) + eps), m and v bias-corrected running means of g and g^2. Kingma and Ba, 2015.

    Equation: adam
    """

    lr: Schedule
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8

    def __post_init__(self) -> None:
        _check_decays(self, "beta1", "beta2")
        object.__setattr__(self, "eps", float(self.eps))

    def init(self, params: Arrays) -> Arrays:
        """Begin with running means of zero, and a step count.

        params: arrays by name. Returns the state, a dict of arrays.
        """
        return _zeros(params, "mv")

    def update(self, params: Arrays, grads: Arrays, state: Arrays) -> tuple[Arrays, Arrays]:
        """Do one step.

        params, grads: arrays by name, of one shape and dtype each. state: what `init` or the last update returned.
        Returns new parameters and a new state. Raises TypeError or ValueError, naming the array, for what does not fit.
        """
        _check(self, params, grads, state)
        lr, step = at(self.lr, int(state["step"])), int(state["step"]) + 1
        new_state: Arrays = {"step": np.array(step)}
        new_params: Arrays = {}
        for name, p in params.items():
            g = grads[name]
            m = self.beta1 * state[f"m.{name}"] + (1 - self.beta1) * g
            v = self.beta2 * state[f"v.{name}"] + (1 - self.beta2) * g * g
            root = ops.namespace(v).sqrt(v / (1 - self.beta2**step))
            new_params[name] = p - lr * (m / (1 - self.beta1**step)) / (root + self.eps)
            new_state[f"m.{name}"], new_state[f"v.{name}"] = m, v
        return new_params, new_state


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam, after p <- (1 - lr decay) p: weights decay by themselves, not through m and v. Loshchilov and Hutter, 2019.

    Biases and other vectors do not decay, only arrays with two axes or more.

    Equation: adamw
    """

    decay: float = 0.01

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.decay >= 0:
            raise ValueError(f"decay: got {self.decay}, expected at least 0")
        object.__setattr__(self, "decay", float(self.decay))

    def update(self, params: Arrays, grads: Arrays, state: Arrays) -> tuple[Arrays, Arrays]:
        """Do one step.

        params, grads: arrays by name, of one shape and dtype each. state: what `init` or the last update returned.
        Returns new parameters and a new state. Raises TypeError or ValueError, naming the array, for what does not fit.
        """
        keep = 1 - at(self.lr, int(state["step"])) * self.decay
        return super().update({name: p * keep if len(p.shape) > 1 else p for name, p in params.items()}, grads, state)


def _zeros(params: Arrays, kinds: str) -> Arrays:
    return {"step": np.array(0), **{f"{kind}.{name}": 0 * p for kind in kinds for name, p in params.items()}}


def _check(optimiser: Optimiser, params: Arrays, grads: Arrays, state: Arrays) -> None:
    """Check that names and shapes are the same in all three dicts; TypeError or ValueError names the array."""
    if params.keys() != grads.keys():
        raise ValueError(f"grads: got names {sorted(grads)}, expected those of params, {sorted(params)}")
    for name, p in params.items():
        if tuple(grads[name].shape) != tuple(p.shape):
            raise ValueError(f"{name}: got a gradient of shape {tuple(grads[name].shape)}, expected {tuple(p.shape)}")
        ops.check_floating(**{f"the parameter {name}": p, f"the gradient of {name}": grads[name]})
    kinds = "m" if isinstance(optimiser, SGD) else "v" if isinstance(optimiser, RMSProp) else "mv"
    if missing := {"step", *(f"{kind}.{name}" for kind in kinds for name in params)} - state.keys():
        raise ValueError(f"state: got no {sorted(missing)}, expected what init of this optimiser returned")


def _check_decays(optimiser: Optimiser, *names: str) -> None:
    """Check these fields, and make them Python's own numbers: NumPy's would change the dtype of what they scale."""
    for name in names:
        value = getattr(optimiser, name)
        if not 0 <= value < 1:
            raise ValueError(f"{name}: got {value}, expected 0 <= {name} < 1")
        object.__setattr__(optimiser, name, float(value))
