"""A training step of one recurrent layer, with all gradients: the CPU engine and what else there is.

    python -m benchmarks.layers [--cells rnn,gru,lstm] [--sizes 32,35,64,128 ...] [--threads 1] [--quick]

A step is the forward pass and the gradients on the inputs, on the initial state and on all parameters, in float32. The
floor is its matrix products and nothing else, with NumPy's BLAS and with torch's. Before they are timed all candidates
are compared with the reference. torch.compile unrolls the loop and takes long to do so: it takes part at the first size
only, unless --compile-all. Nothing is asserted by the clock: read the ratios.
"""

from __future__ import annotations

import argparse
import functools
import importlib.util
import os
import statistics
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch

from benchmarks import measure
from rnncore.cells import CELLS
from rnncore.engines import run, run_backward
from rnncore.layers import Recurrent, init_recurrent
from rnncore.torch import to_torch
from rnncore.types import Cell, Params, State

__all__ = ["SIZES", "Problem", "Size", "candidates", "engine", "floor", "main", "torch_layer"]


class Size(NamedTuple):
    """Sequences, steps, inputs and units of a layer."""

    B: int
    T: int
    D: int
    H: int

    def __str__(self) -> str:
        return ",".join(str(part) for part in self)


SIZES = [Size(32, 35, 64, 128), Size(64, 64, 128, 256), Size(20, 35, 200, 200), Size(20, 35, 650, 650)]
SIZES += [Size(32, 128, 512, 512), Size(1, 256, 64, 128)]
QUICK = [Size(4, 8, 16, 16), Size(1, 16, 16, 32)]
LAYERS = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
FLOORS = ("products, NumPy", "products, torch")

Call = Callable[[], Any]


class Problem(NamedTuple):
    """A layer and what goes in from both ends. NumPy, float32: xs (T, B, D), dhs (T, B, H), state parts (B, H)."""

    cell: Cell
    size: Size
    xs: np.ndarray
    state: State
    params: Params
    dhs: np.ndarray

    @classmethod
    def draw(cls, cell: Cell, size: Size) -> Problem:
        """Draw a random one, always the same for the same arguments."""
        rng = np.random.default_rng(0)
        B, T, D, H = size
        params = init_recurrent(cell, D, H, rng, np.float32)
        state = tuple(rng.normal(size=(B, H)).astype(np.float32) for _ in cell.state)
        xs, dhs = (rng.normal(size=(T, B, width)).astype(np.float32) for width in (D, H))
        return cls(cell, size, xs, state, params, dhs)


# -- The candidates: each call is one step and returns (dxs, dh_0, dV, dW, ...)


def engine(problem: Problem, name: str, checkpoint: bool = False) -> Call:
    """Return a call of an engine of rnncore, on NumPy arrays."""
    cell, _, xs, state, params, dhs = problem

    def step():
        _, _, cache = run(cell, xs, state, params, engine=name, checkpoint=checkpoint)
        dxs, dstate, grads = run_backward(cell, dhs, None, cache)
        return dxs, dstate[0], grads.V, grads.W

    return step


def torch_layer(problem: Problem, kind: str) -> Call:
    """Return a call of torch.nn's own layer."""
    size = problem.size
    layer: Any = LAYERS[kind](size.D, size.H)
    weights = {f"{name}_l0": array for name, array in zip(("V", "W", "b"), problem.params)}
    weights |= {f"{name}_l0": array for name, array in zip(problem.cell.own, problem.params.own)}
    layer.load_state_dict(to_torch(Recurrent(problem.cell, size.D, size.H), weights))
    xs, h, *rest = (torch.tensor(array).requires_grad_() for array in (problem.xs, *problem.state))
    dhs = torch.tensor(problem.dhs)
    wanted = [xs, h, layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0, layer.bias_hh_l0, *rest]

    def step():
        hs, _ = layer(xs, (h[None], rest[0][None]) if rest else h[None])
        return torch.autograd.grad(hs, wanted, dhs)

    return step


def loop_step(sigmoid: Any, tanh: Any, kind: str, a: Any, u: Any, state: Any, own: Any) -> Any:
    """Do one step of a cell as it is usually written, for torch and for JAX. a, u: the two products, split by gate."""
    if kind == "rnn":
        return (tanh(a[0] + u[0]),)
    if kind == "gru":
        (h,) = state
        r, z = sigmoid(a[0] + u[0]), sigmoid(a[1] + u[1])
        n = tanh(a[2] + r * (u[2] + own[0]))
        return (n + z * (h - n),)
    i, f, o = sigmoid(a[0] + u[0]), sigmoid(a[1] + u[1]), sigmoid(a[3] + u[3])
    C = f * state[1] + i * tanh(a[2] + u[2])
    return o * tanh(C), C


def torch_loop(problem: Problem, kind: str, compiled: int = 0) -> Call:
    """Return a call of a Python loop under torch's autograd; compiled: so many steps at a time by torch.compile."""
    cell, (B, T, D, H), *_ = problem
    xs, h, *rest = (torch.tensor(array).requires_grad_() for array in (problem.xs, *problem.state))
    V, W, b, *own = (torch.tensor(array).requires_grad_() for array in (*problem.params[:3], *problem.params.own))
    dhs, G = torch.tensor(problem.dhs), len(cell.gates)

    def some(inputs, state, W, *own):
        hs = []
        for a in inputs.unbind(0):
            u = torch.nn.functional.linear(state[0], W)
            state = loop_step(torch.sigmoid, torch.tanh, kind, a.chunk(G, -1), u.chunk(G, -1), state, own)
            hs.append(state[0])
        return torch.stack(hs), state

    n = max(k for k in range(1, compiled + 1) if T % k == 0) if compiled else T
    body = torch.compile(some, dynamic=False, fullgraph=True) if compiled else some

    def step():
        inputs, state, hs = torch.nn.functional.linear(xs, V, b), (h, *rest), []
        for start in range(0, T, n):
            piece, state = body(inputs[start : start + n], state, W, *own)
            hs.append(piece)
        return torch.autograd.grad(torch.cat(hs), [xs, h, V, W, b, *own, *rest], dhs)

    return step


def jax_scan(problem: Problem, kind: str) -> Call:
    """Return a call of JAX's lax.scan, compiled together with its gradient."""
    import jax  # pyright: ignore[reportMissingImports]  # a guest, not among the requirements

    G, own = len(problem.cell.gates), problem.params.own

    def hs(xs, state, V, W, b, own):
        def body(state, a):
            u = jax.numpy.split(state[0] @ W.T, G, -1)
            new = loop_step(jax.nn.sigmoid, jax.numpy.tanh, kind, jax.numpy.split(a, G, -1), u, state, own)
            return new, new[0]

        return jax.lax.scan(body, state, xs @ V.T + b)[1]

    @jax.jit
    def gradients(dhs, *args):
        return jax.vjp(hs, *args)[1](dhs)

    args = jax.device_put((problem.dhs, problem.xs, problem.state, *problem.params[:3], own))

    def step():
        dxs, dstate, dV, dW, db, down = jax.block_until_ready(gradients(*args))
        return dxs, dstate[0], dV, dW

    return step


def floor(problem: Problem, library: str) -> Call:
    """Return a call of the matrix products of a step, into memory that is there already.

    One input product, T recurrent ones forward and T back, then dV, dW and dxs. The small ones run as h W^T or as
    W h^T, whichever is quicker here.
    """
    _, (B, T, D, H), xs, (h, *_), (V, W, *_), _ = problem
    rows = len(W)
    make = (lambda array: array) if library == "numpy" else torch.from_numpy
    multiply: Any = np.matmul if library == "numpy" else torch.mm
    x, V, W, Wt, h, ht = (make(np.ascontiguousarray(z)) for z in (xs.reshape(T * B, D), V, W, W.T, h, h.T))
    u, ut, a, q, dx, du, dut = (
        make(np.full(shape, 0.1, np.float32))
        for shape in ((B, rows), (rows, B), (T * B, rows), (T * B, H), (T * B, D), (B, rows), (rows, B))
    )
    dh, dht, dV, dW = (make(np.empty(shape, np.float32)) for shape in ((B, H), (H, B), (rows, D), (rows, H)))
    forward = _quicker(multiply, [(h, Wt, u), (W, ht, ut)])
    backward = _quicker(multiply, [(du, W, dh), (Wt, dut, dht)])

    def step():
        multiply(x, V.T, out=a)
        for _ in range(T):
            multiply(*forward[:2], out=forward[2])
        for _ in range(T):
            multiply(*backward[:2], out=backward[2])
        multiply(a.T, x, out=dV)
        multiply(a.T, q, out=dW)
        multiply(a, V, out=dx)

    return step


def _quicker(multiply: Any, choices: list[tuple[Any, Any, Any]]) -> tuple[Any, Any, Any]:
    calls = {str(k): functools.partial(multiply, left, right, out=out) for k, (left, right, out) in enumerate(choices)}
    timings = measure.interleaved(calls, rounds=5, turn=0.002, pause=0)
    return choices[int(min(timings, key=lambda name: timings[name].median))]


# -- The comparison


def candidates(problem: Problem, kind: str, compiled: int) -> dict[str, Call]:
    """Return all that can run here, by name."""
    found = {
        "engine": engine(problem, "cpu"),
        "torch.nn": torch_layer(problem, kind),
        "torch loop": torch_loop(problem, kind),
        "NumPy": engine(problem, "reference"),
    }
    if compiled:
        found["torch.compile"] = torch_loop(problem, kind, compiled)
    if importlib.util.find_spec("jax"):
        found["JAX scan"] = jax_scan(problem, kind)
    return found


def agree(found: dict[str, Call]) -> None:
    """Raise ValueError when a candidate's gradients are not the reference's."""
    expected = [np.asarray(array) for array in found["NumPy"]()]
    for name, call in found.items():
        for what, got, wanted in zip(("dxs", "dh_0", "dV", "dW"), call(), expected):
            error = float(abs(np.asarray(got) - wanted).max() / abs(wanted).max())
            if not error < 1e-3:
                raise ValueError(f"{name}: {what} differs from the reference's by {error:.1e}, expected below 1e-3")


def compiler(steps: int) -> int:
    """Return the steps for torch.compile at a time, or 0, with a line that says why, where it does not work."""
    if not steps:
        print("torch.compile: left out")
        return 0
    try:
        torch_loop(Problem.draw(CELLS["rnn"], Size(2, 2, 2, 2)), "rnn", 1)()
    except Exception as error:  # no C++ compiler, a Python that is too new: all sorts of exceptions
        print(f"torch.compile: does not work here, {type(error).__name__}: {str(error).splitlines()[0][:80]}")
        return 0
    return steps


def compare(kind: str, size: Size, compiled: int, rounds: int, seconds: float) -> dict[str, Any]:
    """Measure one cell and one size: milliseconds of all candidates, and the ratios."""
    problem = Problem.draw(CELLS[kind], size)
    found = candidates(problem, kind, compiled)
    agree(found)
    floors = {FLOORS[0]: floor(problem, "numpy"), FLOORS[1]: floor(problem, "torch")}
    timings = measure.interleaved({**found, **floors}, rounds, seconds)
    lowest = min(timings[name].median for name in FLOORS)
    return {
        "cell": kind,
        "B,T,D,H": list(size),
        "ms": {name: timing._asdict() for name, timing in timings.items()},
        "torch.nn / engine": timings["torch.nn"].median / timings["engine"].median,
        "engine / floor": timings["engine"].median / lowest,
    }


def summary(results: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return the least and median speed against torch.nn, largest and median distance from the floor, by cell."""
    found = {}
    for kind in dict.fromkeys(entry["cell"] for entry in results):
        mine = [entry for entry in results if entry["cell"] == kind]
        faster, above = ([entry[key] for entry in mine] for key in ("torch.nn / engine", "engine / floor"))
        found[kind] = {
            "torch.nn / engine, least": min(faster),
            "torch.nn / engine, median": statistics.median(faster),
            "engine / floor, median": statistics.median(above),
            "engine / floor, most": max(above),
        }
    return found


def as_row(entry: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Return one line of the table, with these candidates."""
    ratios = {key: entry[key] for key in ("torch.nn / engine", "engine / floor")}
    timed = {name: entry["ms"][name]["median"] if name in entry["ms"] else None for name in names}
    return {"cell": entry["cell"], "B,T,D,H": str(Size(*entry["B,T,D,H"])), **timed, **ratios}


def picture(results: list[dict[str, Any]]):
    """Draw milliseconds by size and candidate, one plot for each cell."""
    values = [
        {"size": str(Size(*entry["B,T,D,H"])), "ms": timing["median"], "candidate": name, "cell": entry["cell"]}
        for entry in results
        for name, timing in entry["ms"].items()
    ]
    return measure.points(values, x="ms", y="size", colour="candidate", column="cell")


def size(text: str) -> Size:
    """Return B,T,D,H from the command line."""
    parts = text.split(",")
    if len(parts) != 4 or not all(part.isdigit() and int(part) for part in parts):
        raise argparse.ArgumentTypeError(f"got {text!r}, expected B,T,D,H, four numbers of at least 1")
    return Size(*map(int, parts))


def main() -> int:
    """Run the command line."""
    parser = measure.arguments(__doc__)
    parser.add_argument("--cells", default="rnn,gru,lstm", help="some of them (%(default)s)")
    parser.add_argument("--sizes", type=size, nargs="+", metavar="B,T,D,H", help="instead of the six")
    parser.add_argument("--rounds", type=int, default=9, help="turns of each candidate (%(default)s)")
    parser.add_argument("--compile", type=int, metavar="N", help="steps for torch.compile at a time (35); 0: without")
    parser.add_argument("--compile-all", action="store_true", help="at all sizes, for half a minute each")
    options = measure.parsed(parser)
    if wrong := set(options.cells.split(",")) - set(LAYERS):
        parser.error(f"--cells: got {sorted(wrong)}, expected some of {list(LAYERS)}")
    steps = options.compile if options.compile is not None else 0 if options.quick else 35
    load, began, results = os.getloadavg()[0], time.perf_counter(), []
    compiled = compiler(steps)
    if not importlib.util.find_spec("jax"):
        print("JAX: not installed, left out")
    rounds, seconds = (3, 0.2) if options.quick else (options.rounds, 3.0)
    for kind in options.cells.split(","):
        for k, one in enumerate(options.sizes or (QUICK if options.quick else SIZES)):
            entry = compare(kind, one, compiled if k == 0 or options.compile_all else 0, rounds, seconds)
            results.append(entry)
            told = ", ".join(f"{key} {entry[key]:.2f}" for key in ("torch.nn / engine", "engine / floor"))
            print(f"{kind} {one}: {told}", flush=True)
    print(f"\nMilliseconds of a training step, medians; {time.perf_counter() - began:.0f} s in all")
    names = list(results[0]["ms"])  # at the first size all take part
    measure.print_table([as_row(entry, names) for entry in results])
    found = measure.figures("layers", options, load, results, summary(results))
    print()
    measure.print_table([{"cell": kind, **ratios} for kind, ratios in found["summary"].items()])
    measure.finish(options, found, lambda: picture(results))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
