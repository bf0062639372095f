"""The loop over time, step by step: a matrix product by torch's BLAS and a kernel for each stage."""

from __future__ import annotations

from types import ModuleType

import torch

from rnncore.engines.cuda.kernels import launch
from rnncore.engines.plan import plan
from rnncore.types import Cell

__all__ = ["steps", "steps_back"]


def steps(cell: Cell, module: ModuleType, slots: torch.Tensor, *buffers: torch.Tensor) -> None:
    """Fill slots, states and extras. buffers: the initial state, states, extras, own parameters, ends, W.

    cell: that is driven. module: of the kernels.
    """
    stages, n, extras = plan(cell).stages, len(cell.state), plan(cell).extras
    begin, states, extra, own, (ends, W) = _parted(buffers, n, n, extras, len(cell.own), 2)
    (T, B, _), H, G = slots.shape, W.shape[1], len(cell.gates)
    weights = [W[s.first * H : (s.first + s.gates) * H].T.contiguous() for s in stages]
    us = [slots.new_empty(B, s.gates * H) for s in stages]
    for buffer, part in zip(states, begin):
        buffer[0].copy_(part)
    for t in range(T):
        old, new = [part[t] for part in states], [part[t + 1] for part in states]
        here = [part[t] for part in extra]
        for k, (stage, weight, u) in enumerate(zip(stages, weights, us)):
            kind, number = stage.operand
            torch.mm(old[number] if kind == "old" else here[number], weight, out=u)
            launch(getattr(module, f"forward_{k}"), B * H, slots[t], u, *old, *new, *here, *own, ends, t, B, H, G)


def steps_back(cell: Cell, module: ModuleType, truncate: int | None, slots, dhs, *buffers: torch.Tensor) -> None:
    """Go from the last step to the first, the last stage first.

    buffers: states, extras, own parameters, gradients on the final state, sums for own parameters, ends, W. Slots
    become gate gradients; the gradients on the state those on the initial one.
    cell: that is driven. module: of the kernels. truncate: as in `rnncore.scan.scan_backward`. slots: of the gates.
    dhs: (T, B, H), the gradient on the outputs.
    """
    stages, n, extras, m = plan(cell).stages, len(cell.state), plan(cell).extras, len(cell.own)
    states, extra, own, dstates, down, (ends, W) = _parted(buffers, n, extras, m, n, m, 2)
    (T, B, _), H, G = slots.shape, W.shape[1], len(cell.gates)
    blocks = [slice(s.first * H, (s.first + s.gates) * H) for s in stages]
    products = [slots.new_zeros(B, H) for _ in stages]
    passed = [torch.zeros_like(dstates[0]) for _ in range(max(len(s.inputs) for s in stages))]
    du = slots.new_empty(B * max(s.gates for s in stages) * H)
    for part in down:
        part.zero_()
    for t in range(T - 1, -1, -1):
        old, new = [part[t] for part in states], [part[t + 1] for part in states]
        here = [part[t] for part in extra]
        for k in range(len(stages) - 1, -1, -1):
            arrays = [*old, *new, *here, *own, *dstates, *products, *passed, *down]
            launch(getattr(module, f"backward_{k}"), B * H, slots[t], du, dhs[t], *arrays, ends, t, B, H, G)
            left = slots[t][:, blocks[k]]
            if stages[k].du:
                left = du[: B * stages[k].gates * H].reshape(B, -1)
            torch.mm(left, W[blocks[k]], out=products[k])
        if truncate is not None and t > 0 and t % truncate == 0:
            for part in (*dstates, products[0]):
                part.zero_()
    dstates[0].add_(products[0])


def _parted(buffers, *counts):
    parts, start = [], 0
    for count in counts:
        parts.append(buffers[start : start + count])
        start += count
    return parts
