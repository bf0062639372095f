"""Time: a cell driven along a sequence, and back.

The driver owns the matrices and the order of steps; the calculus is the cell's (`rnncore.types.Stage`).
All input products V x_t are one matrix product before the loop; dV, dW and db are one each after it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from rnncore import ops
from rnncore.types import Array, Cell, Params, State

__all__ = ["ScanCache", "Step", "check_backward", "check_scan", "scan", "scan_backward", "step_backward", "valid_of"]


class Step(NamedTuple):
    """What one time step leaves for the backward pass: per stage, the vector W multiplied and what `forward` saved."""

    operands: tuple[Array, ...]
    saved: tuple[Any, ...]


class ScanCache(NamedTuple):
    """What `scan` leaves for `scan_backward`. Opaque to callers."""

    engine = "reference"  # no field: whose cache this is, see `rnncore.engines.record`
    xs: Array
    params: Params
    valid: Array | None
    steps: tuple[Step, ...]


def scan(
    cell: Cell, xs: Array, state: State, params: Params, lengths: Array | None = None
) -> tuple[Array, State, ScanCache]:
    """Run a cell over a sequence: state_t = cell(V x_t + b, W h_{t-1}, state_{t-1}) for t = 1..T.

    Equation: rnn-forward
    xs: (T, B, D). state: the initial state, each part (B, H). lengths: (B,) integers in 0..T, or None for all T;
    past its length a sequence keeps its last valid state, so the returned final state is the state at `lengths`; what
    xs holds there does not matter, not even NaN. All arrays are of one dtype, and so are the results.
    params: the weights, see `rnncore.types.Params`.
    Returns hs (T, B, H), the final state, and a cache for `scan_backward`. hs as a NumPy array is read-only, in every
    engine, because an engine may keep it in its cache; all other results are the caller's.
    Raises TypeError or ValueError, naming the argument, when dtypes, libraries or shapes do not fit.
    """
    check_scan(cell, xs, state, params, lengths)
    valid = valid_of(xs, lengths)
    xs = ops.select(valid, xs)
    rows = _rows(cell, params.W.shape[1])
    xp = ops.namespace(params.W)
    weights = [ops.contiguous(xp.matrix_transpose(params.W[block, :])) for block in rows]
    inputs = xs @ ops.contiguous(xp.matrix_transpose(params.V)) + params.b

    hs, steps = [], []
    for t in range(xs.shape[0]):
        new, step = _forward_step(cell, inputs[t, ...], state, params, rows, weights)
        state = new if valid is None else tuple(ops.where(valid[t, :, None], n, s) for n, s in zip(new, state))
        hs.append(state[0])
        steps.append(step)
    return ops.read_only(ops.stack(hs)), tuple(map(ops.copied, state)), ScanCache(xs, params, valid, tuple(steps))


def scan_backward(
    cell: Cell, dhs: Array, dstate: State | None, cache: ScanCache, truncate: int | None = None
) -> tuple[Array, State, Params]:
    """Backpropagate through time.

    Equation: bptt-delta, bptt-weights
    dhs: (T, B, H), the gradient that reaches each h_t from outside. dstate: the gradient on the final state, or None.
    truncate: k cuts time into consecutive chunks of k steps, the last may be short, and lets no gradient cross
    from a chunk to the one before: the states are the true ones, the gradient is a biased one.
    cell: that of the forward pass. cache: what `scan` returned.
    Returns dxs (T, B, D), the gradient on the initial state, and the gradients of the parameters.
    Raises TypeError or ValueError, naming the argument, when dtypes, libraries or shapes do not fit.
    """
    if not isinstance(cache, ScanCache):
        raise TypeError(f"cache: got a {type(cache).__name__}, expected the ScanCache that scan returned")
    xs, params, valid, steps = cache
    check_backward(cell, dhs, dstate, xs, params, truncate)
    rows = _rows(cell, params.W.shape[1])
    dstate = tuple(ops.zeros(dhs.shape[1:], dhs) for _ in cell.state) if dstate is None else dstate

    das, dus, downs = [], [], []
    for t in range(len(steps) - 1, -1, -1):
        dstate = (dstate[0] + dhs[t, ...], *dstate[1:])
        dnew = dstate if valid is None else tuple(ops.select(valid[t, :], d) for d in dstate)
        da, du, dprevious, down = _backward_step(cell, dnew, steps[t], params, rows)
        if valid is not None:
            dprevious = tuple(ops.where(valid[t, :, None], p, d) for p, d in zip(dprevious, dstate))
        if truncate is not None and t > 0 and t % truncate == 0:
            dprevious = tuple(ops.zeros(d.shape, d) for d in dprevious)
        dstate = dprevious
        das.append(da)
        dus.append(du)
        downs.append(down)

    da = ops.stack(das[::-1])
    return da @ params.V, dstate, _weight_gradients(cell, da, dus[::-1], downs, cache)


def step_backward(cell: Cell, dstate: State, step: Step, params: Params) -> State:
    """Return the gradient on the state before one step from `dstate`, that on the state after it; each part (B, H).

    It is the product dstate^T J with the step's Jacobian J. step: one of `ScanCache.steps`; padding is not its affair.
    cell, params: those of the forward pass.
    """
    return _backward_step(cell, dstate, step, params, _rows(cell, params.W.shape[1]))[2]


def _forward_step(cell, a, state, params, rows, weights):
    """Do one step: each stage in turn, with its product by W. Returns the new state and a `Step`."""
    operands, saved = [], []
    operand, carried = state[0], ()
    for stage, block, weight in zip(cell.stages, rows, weights):
        n = len(stage.gates)
        outputs, kept = stage.forward(
            ops.split(a[:, block], n), ops.split(operand @ weight, n), state + carried, params.own
        )
        operands.append(operand)
        saved.append(kept)
        operand, carried = outputs[0], outputs[1:]
    return outputs, Step(tuple(operands), tuple(saved))


def _backward_step(cell, doutputs, step, params, rows):
    """Do one step back: the stages in reverse.

    Returns da (B, G*H), du per stage, dstate and the gradients of the cell's own parameters.
    """
    size = len(cell.state)
    das, dus, down, dstate = [], [], None, None
    for k in range(len(cell.stages) - 1, -1, -1):
        da, du, dinputs, dmine = cell.stages[k].backward(doutputs, step.saved[k], params.own)
        da, du = ops.concat(da), ops.concat(du)
        das.append(da)
        dus.append(du)
        down = dmine if down is None else tuple(x + y for x, y in zip(down, dmine))
        dstate = dinputs[:size] if dstate is None else tuple(x + y for x, y in zip(dstate, dinputs[:size]))
        doutputs = (du @ params.W[rows[k], :], *dinputs[size:])
    assert dstate is not None  # a cell has at least one stage
    dstate = (dstate[0] + doutputs[0], *dstate[1:])
    return ops.concat(das[::-1]), tuple(dus[::-1]), dstate, down


def _weight_gradients(cell, da, dus, downs, cache):
    """Compute dV = sum_t da_t^T x_t, dW = sum_t du_t^T q_t, db = sum_t da_t: one matrix product each."""
    xs, params, _, steps = cache
    xp = ops.namespace(da)

    def outer(left, right):
        left, right = (xp.reshape(z, (-1, z.shape[-1])) for z in (left, right))
        return xp.matrix_transpose(left) @ right

    dW = ops.concat(
        [
            outer(ops.stack([du[k] for du in dus]), ops.stack([step.operands[k] for step in steps]))
            for k in range(len(cell.stages))
        ],
        axis=0,
    )
    down = tuple(xp.sum(ops.stack([d[k] for d in downs]), axis=(0, 1)) for k in range(len(params.own)))
    return Params(outer(da, xs), dW, xp.sum(da, axis=(0, 1)), down)


def _rows(cell: Cell, H: int) -> list[slice]:
    """Return the block of rows of V, W and b that each stage reads."""
    bounds, start = [], 0
    for stage in cell.stages:
        bounds.append(slice(start, start + len(stage.gates) * H))
        start = bounds[-1].stop
    return bounds


def valid_of(xs: Array, lengths: Array | None) -> Array | None:
    """Say in (T, B) booleans whether step t is inside the sequence; None for no lengths. For engines.

    xs: (T, B, D).
    """
    if lengths is None:
        return None
    ends = ops.asarray_like(lengths, xs)
    steps = ops.asarray_like(range(xs.shape[0]), xs)
    return steps[:, None] < ends[None, :]


def check_scan(cell: Cell, xs: Array, state: State, params: Params, lengths: Array | None) -> None:
    """Check every argument of `scan` against every other, before any arithmetic: TypeError or ValueError names the one.

    Engines call it too, so that a mistake reads the same in all of them.
    cell, xs, state, params, lengths: as `scan` takes them.
    """
    for name, got, expected in [("state", state, cell.state), ("own", params.own, cell.own)]:
        if len(got) != len(expected):
            raise ValueError(f"{name}: got {len(got)} arrays, expected {expected or 'none'} for a {cell.name}")
    named = dict(zip(cell.state, state), V=params.V, W=params.W, b=params.b, **dict(zip(cell.own, params.own)))
    ops.check_floating(xs=xs, **named)
    if len(xs.shape) != 3 or xs.shape[0] < 1:
        raise ValueError(f"xs: got shape {tuple(xs.shape)}, expected (T, B, D) with T at least 1")
    if len(params.W.shape) != 2:
        raise ValueError(f"W: got shape {tuple(params.W.shape)}, expected (G*H, H) with G={len(cell.gates)}")
    T, B, D = xs.shape
    G, H = len(cell.gates), params.W.shape[1]
    expected = {"V": (G * H, D), "W": (G * H, H), "b": (G * H,)}
    expected |= dict.fromkeys(cell.state, (B, H)) | dict.fromkeys(cell.own, (H,))
    for name, got in named.items():
        if tuple(got.shape) != expected[name]:
            raise ValueError(
                f"{name}: got shape {tuple(got.shape)}, expected {expected[name]} for a {cell.name} with "
                f"T={T}, B={B}, D={D}, H={H}"
            )
    if lengths is not None:
        ops.check_lengths(lengths, T, B)


def check_backward(
    cell: Cell, dhs: Array, dstate: State | None, xs: Array, params: Params, truncate: int | None
) -> None:
    """Check the arguments of `scan_backward` against those of `scan`: TypeError or ValueError names the wrong one.

    cell, xs, params: those of the forward pass. dhs, dstate, truncate: as `scan_backward` takes them.
    """
    if truncate is not None:
        ops.check_sizes(truncate=truncate)
    names = tuple(f"d{part}" for part in cell.state)
    if dstate is not None and len(dstate) != len(names):
        raise ValueError(f"dstate: got {len(dstate)} arrays, expected {names} for a {cell.name}")
    ops.check_floating(xs=xs, dhs=dhs, **dict(zip(names, dstate or ())))
    T, B, H = *xs.shape[:2], params.W.shape[1]
    if tuple(dhs.shape) != (T, B, H):
        raise ValueError(f"dhs: got shape {tuple(dhs.shape)}, expected that of hs, (T, B, H) = {(T, B, H)}")
    for name, part in zip(names, dstate or ()):
        if tuple(part.shape) != (B, H):
            raise ValueError(f"{name}: got shape {tuple(part.shape)}, expected (B, H) = {(B, H)}")
