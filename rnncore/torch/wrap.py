"""A model of rnncore as a torch.nn.Module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch

from rnncore import ops
from rnncore.torch.function import differentiable, numpy_generator
from rnncore.types import Array, Model

__all__ = ["Module"]


class Module(torch.nn.Module):
    """A model with its parameters as nn.Parameters, for torch's optimisers, data loaders and DistributedDataParallel.

    model: a `rnncore.types.Model`, as all of `rnncore.models` are.
    params: what to begin with, or None for model.init with a generator seeded by `seed`.
    dtype: of the parameters; None for that of params, or torch's default dtype if there are none.
    more: return what stands between output and cache too (the final state of a language model).
    Each parameter keeps its name, but for dots, which become "__": "rnn.V_l0" is registered as rnn__V_l0.
    """

    def __init__(
        self,
        model: Model,
        params: Mapping[str, Array] | None = None,
        seed: int = 0,
        dtype: torch.dtype | None = None,
        more: bool = False,
    ) -> None:
        super().__init__()
        self.model, self.more = model, more
        begin = model.init(np.random.default_rng(seed)) if params is None else params
        dtype = torch.get_default_dtype() if params is None and dtype is None else dtype
        self.names = {name: name.replace(".", "__") for name in begin}
        if len(set(self.names.values())) < len(self.names):
            raise ValueError(f"params: got {sorted(begin)}, expected names that differ with '__' for '.'")
        for name, registered in self.names.items():
            value = torch.tensor(ops.to_numpy(begin[name]), dtype=dtype)
            self.register_parameter(registered, torch.nn.Parameter(value))

    def forward(self, *inputs: Any, **options: Any):
        """Return the model's output, the logits say; with `more`, a tuple (output, rest ...), where the rest has no
        gradient.

        inputs, options: as for the model's forward, after params: tensors on the module's device, or tuples of them.
        Dropout is on while the module is training, with a generator seeded by torch's, unless `rng` is given.
        Raises ValueError for an input that requires a gradient: a module has gradients of parameters only.
        """
        found = {f"input {k}": tensor for k, tensor in enumerate(_tensors((inputs, options)))}
        if any(tensor.requires_grad for tensor in found.values()):
            raise ValueError("inputs: got a tensor that requires a gradient, expected none; detach it")
        params = {name: getattr(self, registered) for name, registered in self.names.items()}
        rest: list[Any] = []

        def forward(tensors):
            args, named = _replaced((inputs, options), (tensors[name] for name in found))
            if self.training:
                named.setdefault("rng", numpy_generator())
            output, *others, cache = self.model.forward({name: tensors[name] for name in params}, *args, **named)
            rest.extend(others)
            return (output,), cache

        def backward(doutputs, cache):
            _, grads = self.model.backward(doutputs[0], cache)
            return grads

        (output,) = differentiable(forward, backward, {**params, **found})
        return (output, *rest) if self.more else output

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the parameters under the model's own names, as NumPy arrays, copies: for `rnncore` without torch."""
        return {name: ops.to_numpy(getattr(self, registered)).copy() for name, registered in self.names.items()}

    def extra_repr(self) -> str:
        """Return the model, for print."""
        return repr(self.model)


def _tensors(value: Any) -> Iterator[torch.Tensor]:
    """Return all tensors in nested tuples, lists and dicts, from left to right."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, tuple | list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _tensors(part)


def _replaced(value: Any, tensors: Iterator[torch.Tensor]) -> Any:
    """Return the same nest with its tensors replaced, from left to right."""
    if isinstance(value, torch.Tensor):
        return next(tensors)
    if isinstance(value, dict):
        return {key: _replaced(part, tensors) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_replaced(part, tensors) for part in value)
    return value
