"""A conformance suite for anybody's recurrent layer: `python -m rnncore.conform MODULE:CLASS [--cell lstm]`.

The layer is put beside `rnncore.scan`, whose gradients are derived by hand and compared with independent ones: values,
gradients, padding full of NaN, empty batches, one step, mixed dtypes, long sequences. A table says what holds.

CLASS is called as CLASS(D, H) and makes a module of torch with torch.nn's parameter names; an instance takes xs
(T, B, D), and returns ys (T, B, H) and the final state, as torch.nn.LSTM does. Or MODULE:FUNCTION names a function that
takes a `Case` and returns what `Found` wants, for a layer of any library: an adapter of a few lines.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from rnncore.cells import CELLS
from rnncore.layers import init_recurrent
from rnncore.scan import scan, scan_backward
from rnncore.types import Cell, Params, Refused

__all__ = ["Case", "Check", "Found", "check_layer", "main", "of_torch"]

BITS = {"float32": 2e-5, "float64": 1e-11}
"""The largest relative error, against the largest entry, for each dtype."""


class Case(NamedTuple):
    """What a layer is run on: NumPy arrays, time first, and the gradient `dys` that reaches every output.

    cell: what it is to compute; params: V, W, b and the cell's own, as `rnncore.types.Params`. xs: (T, B, D).
    state: the initial one, each part (B, H). lengths: (B,) integers, or None.
    """

    cell: Cell
    params: Params
    xs: np.ndarray
    state: tuple[np.ndarray, ...]
    lengths: np.ndarray | None
    dys: np.ndarray


class Found(NamedTuple):
    """What a layer gives for a case: outputs, zero or held past a sequence's end, and gradients on xs, V and W."""

    ys: np.ndarray
    dxs: np.ndarray
    dV: np.ndarray
    dW: np.ndarray


class Check(NamedTuple):
    """One line of the table: what was tried, whether it holds, and the error that was found, or why it does not."""

    name: str
    holds: bool
    told: str


def check_layer(layer: Callable[[Case], Found], cell: Cell) -> list[Check]:
    """Run all checks on a layer.

    layer: takes a `Case`, returns a `Found`; `of_torch` makes one of a module of torch. cell: what it computes.
    Returns one `Check` for each; a layer that raises does not hold, and the error is told.

    >>> from rnncore.cells import RNN
    >>> def same(case):
    ...     hs, _, cache = scan(case.cell, case.xs, case.state, case.params, case.lengths)
    ...     dxs, _, d = scan_backward(case.cell, case.dys, None, cache)
    ...     return Found(hs, dxs, d.V, d.W)
    >>> all(check.holds for check in check_layer(same, RNN))
    True
    """
    checks = []
    for dtype in ("float64", "float32"):
        for name, sizes in (
            ("all sizes different", (5, 3, 2, 4)),
            ("one step", (1, 3, 2, 4)),
            ("sizes of one", (1, 1, 1, 1)),
            ("an empty batch", (4, 0, 2, 3)),
            ("a long sequence", (400, 2, 3, 4)),
        ):
            checks.append(_compare(layer, f"{name}, {dtype}", _case(cell, sizes, dtype)))
    for name, junk in (("zeros", 0.0), ("NaN", np.nan), ("infinity", np.inf)):
        case = _case(cell, (6, 4, 2, 3), "float64", np.array([6, 1, 4, 3]))
        inside = np.arange(6)[:, None] < np.array([6, 1, 4, 3])
        checks.append(_compare(layer, f"padding full of {name}", case, spoilt=_spoilt(case, inside, junk)))
    far = _case(cell, (5, 3, 2, 4), "float64")
    checks.append(_compare(layer, "saturated gates", far._replace(xs=far.xs * 50)))
    checks.append(_mixed(layer, _case(cell, (5, 3, 2, 4), "float32")))
    return checks


def of_torch(make: Callable[[int, int], Any]) -> Callable[[Case], Found]:
    """Return a layer for `check_layer` from what makes a module of torch.

    make: called with D and H, returns a module with torch.nn's parameter names whose instances return (ys, state).
    """

    def run(case: Case) -> Found:
        import torch  # on request only
        from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

        (T, _, D), H = case.xs.shape, case.params.W.shape[1]
        module = make(D, H).to(torch.asarray(case.params.V).dtype)
        V, W, b, *own = (torch.asarray(x) for x in (*case.params[:3], *case.params.own))
        other = torch.zeros_like(b)
        if own:
            other[2 * H :] = own[0]
        with torch.no_grad():
            for name, value in (("weight_ih", V), ("weight_hh", W), ("bias_ih", b), ("bias_hh", other)):
                getattr(module, f"{name}_l0").copy_(value)
        xs = torch.asarray(case.xs.copy()).requires_grad_()
        state: Any = tuple(torch.asarray(part)[None] for part in case.state)
        state = state if len(state) == 2 else state[0]
        if case.lengths is None:
            ys, _ = module(xs, state)
        else:
            packed = pack_padded_sequence(xs, torch.asarray(case.lengths), enforce_sorted=False)
            ys, _ = pad_packed_sequence(module(packed, state)[0], total_length=T)
        wanted = (xs, module.weight_ih_l0, module.weight_hh_l0)
        found = torch.autograd.grad(ys, wanted, torch.asarray(case.dys))
        return Found(*(part.detach().numpy() for part in (ys, *found)))

    return run


def _case(cell: Cell, sizes: tuple[int, ...], dtype: str, lengths: np.ndarray | None = None) -> Case:
    """Return a case of random numbers; dys is zero past a sequence's end."""
    (T, B, D, H), rng = sizes, np.random.default_rng(0)
    params = init_recurrent(cell, D, H, rng, dtype)
    xs, dys = rng.normal(size=(T, B, D)).astype(dtype), rng.normal(size=(T, B, H)).astype(dtype)
    state = tuple(rng.normal(size=(B, H)).astype(dtype) for _ in cell.state)
    if lengths is not None:
        dys[np.arange(T)[:, None] >= lengths] = 0
    return Case(cell, params, xs, state, lengths, dys)


def _spoilt(case: Case, inside: np.ndarray, junk: float) -> Case:
    xs = case.xs.copy()
    xs[~inside] = junk
    return case._replace(xs=xs)


def _tried(layer: Callable[[Case], Found], case: Case) -> Found | str:
    """Return what the layer gives, or how it fails."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Found(*map(np.asarray, layer(case)))
    except Exception as error:  # a layer may fail in any way
        return f"{type(error).__name__}: {' '.join(str(error).split())[:80]}"


def _compare(layer: Callable[[Case], Found], name: str, case: Case, spoilt: Case | None = None) -> Check:
    """Run a layer on a case, or on the same one with other padding, and compare with the reference on the case."""
    found = _tried(layer, spoilt or case)
    if isinstance(found, str):
        return Check(name, False, found)
    hs, _, cache = scan(case.cell, case.xs, case.state, case.params, case.lengths)
    dxs, _, d = scan_backward(case.cell, case.dys, None, cache)
    inside = np.ones(hs.shape[:2], bool)
    if case.lengths is not None:
        inside = np.arange(len(hs))[:, None] < case.lengths
    worst, where = 0.0, "values"
    for part, ours, theirs in zip(
        ("values", "dxs", "dV", "dW"), (hs[inside], dxs, d.V, d.W), (found.ys[inside], *found[1:])
    ):
        if ours.shape != theirs.shape:
            return Check(name, False, f"{part}: got shape {theirs.shape}, expected {ours.shape}")
        if ours.dtype != theirs.dtype:
            return Check(name, False, f"{part}: got dtype {theirs.dtype}, expected {ours.dtype}")
        scale = max(float(np.abs(ours).max(initial=0.0)), 1e-30)
        error = float(np.abs(ours - theirs).max(initial=0.0)) / scale
        if not (error <= worst or np.isnan(worst)):  # NaN is the worst, whatever follows
            worst, where = error, part
    return Check(name, worst <= BITS[case.xs.dtype.name], f"error {worst:.1e} in {where}")


def _mixed(layer: Callable[[Case], Found], case: Case) -> Check:
    """Give float64 inputs to float32 parameters: an error is right, and so are results of one dtype of the two."""
    found = _tried(layer, case._replace(xs=case.xs.astype(np.float64)))
    if isinstance(found, str):
        return Check("mixed dtypes", True, f"refused: {found}")
    kinds = sorted({part.dtype.name for part in (found.ys, found.dV, found.dW)})
    return Check("mixed dtypes", kinds == ["float32"], f"parameters in float32, results in {', '.join(kinds)}")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit status is the number of checks that fail, 2 for a layer that is not found.

    arguments: those of the command line, None for the process's own.
    """
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("layer", help="MODULE:CLASS, such as torch.nn:LSTM, or MODULE:FUNCTION for an adapter")
    parse.add_argument("--cell", choices=sorted(CELLS), help="what it computes; by its name where that says so")
    options = parse.parse_args(arguments)
    try:
        layer, cell = _named(options.layer, options.cell)
    except Refused as error:
        print(f"python -m rnncore.conform: error: {error}", file=sys.stderr)
        return 2
    checks = check_layer(layer, cell)
    for check in checks:
        print(f"{'holds' if check.holds else 'FAILS':6} {check.name:32} {check.told}")
    return sum(not check.holds for check in checks)


def _named(name: str, cell: str | None) -> tuple[Callable[[Case], Found], Cell]:
    """Return the layer, and the cell that it computes; Refused for a name that leads nowhere."""
    module, _, attribute = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise Refused(f"layer: got {name!r}, expected MODULE:CLASS: {error}") from None
    known = cell or attribute.lower()
    if known not in CELLS:
        raise Refused(f"argument --cell: got none, and {attribute!r} does not say it; expected one of {sorted(CELLS)}")
    return (of_torch(found) if isinstance(found, type) else found), CELLS[known]


if __name__ == "__main__":
    raise SystemExit(main())
