"""Torch, where it may be used: running a module of a student's forward and back.

This file runs wherever the student's code is: in their own notebook, or in the sandbox. It needs nothing of
this package, and torch only when a module is run.
"""

from typing import Any

__all__ = ["run_module"]


def run_module(make: Any, args: Any, state: Any, inputs: Any, upstream: Any) -> dict[str, Any]:
    """Make the module `make(*args)`, load `state` into it, and run it forward and back, all as NumPy arrays.

    state: name -> array, as for `load_state_dict`, strictly. inputs: arrays; the floating ones get gradients.
    upstream: the gradient of the loss with respect to each output, None for an output that the loss does not see.
    Return {"outputs": [...], "grads": {name: array or None}, "inputs": [gradient or None, ...]}; None where no
    gradient came. Raise whatever the module raises, and TypeError for a wrong number of outputs.
    """
    import numpy as np
    import torch

    module = make(*args)
    if not isinstance(module, torch.nn.Module):
        raise TypeError(f"got a {type(module).__name__}, expected a torch.nn.Module")
    weights = {name: torch.from_numpy(np.array(value)) for name, value in state.items()}
    floating = next((weight.dtype for weight in weights.values() if weight.is_floating_point()), torch.float32)
    module = module.to(floating)
    module.load_state_dict(weights)
    module.train()
    tensors = [torch.from_numpy(np.array(value)) for value in inputs]
    for tensor in tensors:
        tensor.requires_grad_(tensor.is_floating_point())
    outputs = _flat(module(*tensors))
    if len(outputs) != len(upstream):
        raise TypeError(f"forward returned {len(outputs)} tensors, expected {len(upstream)}")
    seen = [(out, torch.from_numpy(np.array(grad))) for out, grad in zip(outputs, upstream) if grad is not None]
    for out, grad in seen:
        if out.shape != grad.shape:
            raise ValueError(f"an output has shape {tuple(out.shape)}, expected {tuple(grad.shape)}")
    loss = sum((out * grad).sum() for out, grad in seen)
    if torch.is_tensor(loss) and loss.requires_grad:
        loss.backward()
    return {
        "outputs": [out.detach().numpy().copy() for out in outputs],
        "grads": {name: _gradient(parameter) for name, parameter in module.named_parameters()},
        "inputs": [_gradient(tensor) for tensor in tensors],
    }


def _flat(value: Any) -> list:
    """Return the tensors of a tensor, or of nested tuples of them."""
    if isinstance(value, tuple | list):
        return [tensor for part in value for tensor in _flat(part)]
    if not hasattr(value, "detach"):
        raise TypeError(f"forward returned a {type(value).__name__}, expected tensors")
    return [value]


def _gradient(tensor: Any) -> Any:
    return None if tensor.grad is None else tensor.grad.detach().numpy().copy()
