"""Optimisers: pure functions over dicts of arrays. Their state is a dict of arrays too, so it can be saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rnncore import ops
from rnncore.types import Array

__all__ = ["SGD", "Adam", "Optimiser"]

Arrays = dict[str, Array]


class Optimiser(Protocol):
    """init makes the state; update returns new parameters and a new state and changes nothing in place."""

    def init(self, params: Arrays) -> Arrays: ...
    def update(self, params: Arrays, grads: Arrays, state: Arrays) -> tuple[Arrays, Arrays]: ...


@dataclass(frozen=True)
class SGD:
    """p <- p - lr m with m <- momentum m + g."""

    lr: float
    momentum: float = 0.0

    def init(self, params: Arrays) -> Arrays:
        """Velocities of zero."""
        return {name: 0 * p for name, p in params.items()}

    def update(self, params: Arrays, grads: Arrays, state: Arrays) -> tuple[Arrays, Arrays]:
        """One step. All three dicts have the same names."""
        state = {name: self.momentum * state[name] + grads[name] for name in params}
        return {name: params[name] - self.lr * state[name] for name in params}, state


@dataclass(frozen=True)
class Adam:
    """p <- p - lr m / (sqrt(v) + eps), m and v bias-corrected running means of g and g^2. Kingma and Ba, 2015."""

    lr: float
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8

    def init(self, params: Arrays) -> Arrays:
        """Running means of zero, and a step count."""
        zeros = {f"{kind}.{name}": 0 * p for kind in "mv" for name, p in params.items()}
        return {"step": np.array(0), **zeros}

    def update(self, params: Arrays, grads: Arrays, state: Arrays) -> tuple[Arrays, Arrays]:
        """One step."""
        step = int(state["step"]) + 1
        new_state: Arrays = {"step": np.array(step)}
        new_params: Arrays = {}
        for name, p in params.items():
            g = grads[name]
            m = self.beta1 * state[f"m.{name}"] + (1 - self.beta1) * g
            v = self.beta2 * state[f"v.{name}"] + (1 - self.beta2) * g * g
            root = ops.namespace(v).sqrt(v / (1 - self.beta2**step))
            new_params[name] = p - self.lr * (m / (1 - self.beta1**step)) / (root + self.eps)
            new_state[f"m.{name}"], new_state[f"v.{name}"] = m, v
        return new_params, new_state
