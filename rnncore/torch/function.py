"""One autograd function for every pair of a forward pass and its hand-derived backward pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import torch

__all__ = ["differentiable", "numpy_generator"]

Tensors = dict[str, torch.Tensor]
Forward = Callable[[Tensors], tuple[tuple[torch.Tensor, ...], Any]]
Backward = Callable[[tuple[torch.Tensor, ...], Any], Mapping[str, torch.Tensor]]


@torch.compiler.disable()
def differentiable(forward: Forward, backward: Backward, tensors: Tensors) -> tuple[torch.Tensor, ...]:
    """Return the outputs of `forward`, with `backward` for their gradient in torch's graph.

    forward(tensors) -> (outputs, cache): gets detached tensors under the names of `tensors`, records no graph.
    backward(doutputs, cache) -> gradients by name: gets one tensor for each output, zero for an output that was not
    used; must have one gradient for each tensor that requires it, and may have more, which are dropped.
    The cache must not share memory with an output; then outputs may be changed in place. A tensor of `tensors` that is
    changed in place between the two passes makes torch raise RuntimeError, as for torch's own functions.

    Under torch.compile this is a graph break. Under torch.autocast, floating tensors but float64 ones are cast to
    float32, and both passes run with autocast off, as under torch.amp.custom_fwd(cast_inputs=torch.float32).
    The gradients are values without a graph: second derivatives raise RuntimeError.
    """
    device = next(iter(tensors.values())).device.type
    if torch.is_autocast_enabled(device):
        tensors = {name: _single(tensor) for name, tensor in tensors.items()}
    with _autocast_off(device):
        return _HandDerived.apply(forward, backward, tuple(tensors), *tensors.values())  # pyright: ignore


def numpy_generator() -> np.random.Generator:
    """Return a NumPy generator seeded by torch's CPU generator, so that torch.manual_seed repeats it. For dropout."""
    return np.random.default_rng(int(torch.randint(2**63 - 1, ())))


class _HandDerived(torch.autograd.Function):
    """See `differentiable`."""

    @staticmethod
    def forward(ctx: Any, forward: Forward, backward: Backward, names: tuple[str, ...], *tensors: torch.Tensor):
        outputs, cache = forward({name: tensor.detach() for name, tensor in zip(names, tensors)})
        ctx.names, ctx.hand_derived, ctx.cache = names, backward, cache
        ctx.save_for_backward(*tensors)  # read for their version only: torch then notices changes in place
        return tuple(output.detach() for output in outputs)  # not the cache's own, or graph and cache hold each other

    @staticmethod
    def backward(ctx: Any, *doutputs: torch.Tensor):
        device = ctx.saved_tensors[0].device.type
        with torch.no_grad(), _autocast_off(device):
            grads = ctx.hand_derived(doutputs, ctx.cache)
        needed = ctx.needs_input_grad[3:]
        missing = [name for name, needs in zip(ctx.names, needed) if needs and name not in grads]
        if missing:
            raise RuntimeError(f"backward: got no gradient for {missing}, expected one for each that requires it")
        chosen = [grads[name] if needs else None for name, needs in zip(ctx.names, needed)]
        if torch.is_grad_enabled():  # create_graph=True
            chosen = [None if g is None else _Refuse.apply(g.detach().requires_grad_()) for g in chosen]
        return (None, None, None, *chosen)


class _Refuse(torch.autograd.Function):
    """The identity, with no backward pass.

    torch's once_differentiable lets a second derivative through as zero where the gradient on the output is constant,
    as after a sum; this raises there too.
    """

    @staticmethod
    def forward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:
        return gradient.view_as(gradient)

    @staticmethod
    def backward(ctx: Any, *doutputs: torch.Tensor):
        raise RuntimeError(
            "second derivative: got a backward pass through a hand-derived gradient, expected first derivatives only; "
            "use torch.nn for a gradient of a gradient"
        )


def _single(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.float() if tensor.is_floating_point() and tensor.dtype != torch.float64 else tensor


def _autocast_off(device: str) -> AbstractContextManager:
    return torch.autocast(device, enabled=False) if torch.is_autocast_enabled(device) else nullcontext()
