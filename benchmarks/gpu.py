"""A training step of one recurrent layer on a GPU: the CUDA engine, cuDNN, and a Python loop under autograd.

    python -m benchmarks.gpu [--cells rnn,gru,lstm] [--sizes 32,35,64,128 ...] [--dtypes float32,bfloat16] [--quick]

A step is the forward pass and all gradients, until the device has done its work. cuDNN is timed twice: as torch.nn's
layer, and as the engine "native". Before they are timed all are compared with the reference in float64. float32 is
float32 for all of them: products in TF32, cuDNN's default, are switched off. Without a CUDA device it says so and
measures nothing. What the engine reaches on a GPU is not yet measured: there is no file of it in benchmarks/results.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from benchmarks import layers, measure
from rnncore.cells import CELLS
from rnncore.engines import run, run_backward
from rnncore.layers import Recurrent
from rnncore.torch import to_torch
from rnncore.types import Params

__all__ = ["agree", "candidates", "compare", "main"]

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
DEVICE = "cuda"
CLOSE = {"float32": 1e-3, "bfloat16": 0.2}
"""Largest difference to the reference in float64, relative to the largest entry, before anything is timed."""

Call = Callable[[], tuple[torch.Tensor, ...]]


def engine(problem: layers.Problem, name: str, dtype: torch.dtype) -> Call:
    """Return a call of an engine of rnncore, on tensors that are on the device already."""
    cell, _, xs, state, params, dhs = problem
    move = lambda array: torch.as_tensor(array).to(DEVICE, dtype)  # noqa: E731
    xs, dhs, state, own = move(xs), move(dhs), tuple(map(move, state)), tuple(map(move, params.own))
    weights = Params(*map(move, params[:3]), own=own)

    def step():
        _, _, cache = run(cell, xs, state, weights, engine=name)
        dxs, dstate, grads = run_backward(cell, dhs, None, cache)
        return dxs, dstate[0], grads.V, grads.W

    return step


def torch_layer(problem: layers.Problem, kind: str, dtype: torch.dtype) -> Call:
    """Return a call of torch.nn's layer, which is cuDNN's."""
    cell, size = problem.cell, problem.size
    layer: Any = layers.LAYERS[kind](size.D, size.H)
    weights = {f"{name}_l0": array for name, array in zip(("V", "W", "b"), problem.params)}
    weights |= {f"{name}_l0": array for name, array in zip(cell.own, problem.params.own)}
    layer.load_state_dict(to_torch(Recurrent(cell, size.D, size.H), weights))
    layer = layer.to(DEVICE, dtype)
    xs, h, *rest = (torch.tensor(a).to(DEVICE, dtype).requires_grad_() for a in (problem.xs, *problem.state))
    dhs = torch.tensor(problem.dhs).to(DEVICE, dtype)
    wanted = [xs, h, *layer.parameters(), *rest]

    def step():
        hs, _ = layer(xs, (h[None], rest[0][None]) if rest else h[None])
        return torch.autograd.grad(hs, wanted, dhs)[:4]

    return step


def torch_loop(problem: layers.Problem, kind: str, dtype: torch.dtype) -> Call:
    """Return a call of a Python loop over time under torch's autograd."""
    cell = problem.cell
    arrays = (problem.xs, *problem.state, *problem.params[:3], *problem.params.own)
    tensors = [torch.tensor(array).to(DEVICE, dtype).requires_grad_() for array in arrays]
    n = 1 + len(cell.state)
    (xs, *state), (V, W, b, *own) = tensors[:n], tensors[n:]
    dhs, G = torch.tensor(problem.dhs).to(DEVICE, dtype), len(cell.gates)

    def step():
        now, hs = tuple(state), []
        for a in torch.nn.functional.linear(xs, V, b).unbind(0):
            u = torch.nn.functional.linear(now[0], W)
            now = layers.loop_step(torch.sigmoid, torch.tanh, kind, a.chunk(G, -1), u.chunk(G, -1), now, own)
            hs.append(now[0])
        return torch.autograd.grad(torch.stack(hs), [xs, state[0], V, W, b, *own, *state[1:]], dhs)[:4]

    return step


def awaited(call: Call) -> Callable[[], None]:
    """Return the call, until the device has done it."""

    def step() -> None:
        call()
        torch.cuda.synchronize()

    return step


def agree(problem: layers.Problem, found: dict[str, Call], most: float) -> None:
    """Raise ValueError when a candidate's gradients are not those of the reference in float64."""
    double = lambda arrays: tuple(np.asarray(array, float) for array in arrays)  # noqa: E731
    (xs, dhs), params = double((problem.xs, problem.dhs)), problem.params
    exact = problem._replace(
        xs=xs, dhs=dhs, state=double(problem.state), params=Params(*double(params[:3]), own=double(params.own))
    )
    expected = layers.engine(exact, "reference")()
    for name, call in found.items():
        for what, got, wanted in zip(("dxs", "dh_0", "dV", "dW"), call(), expected):
            error = float(np.abs(got.detach().double().cpu().numpy() - wanted).max() / np.abs(wanted).max())
            if not error < most:
                raise ValueError(f"{name}: {what} differs from the reference's by {error:.1e}, expected below {most:g}")


def candidates(problem: layers.Problem, kind: str, dtype: str) -> dict[str, Call]:
    """Return all that take part, by name."""
    return {
        "engine cuda": engine(problem, "cuda", DTYPES[dtype]),
        "engine native": engine(problem, "native", DTYPES[dtype]),
        "torch.nn": torch_layer(problem, kind, DTYPES[dtype]),
        "torch loop": torch_loop(problem, kind, DTYPES[dtype]),
    }


def compare(kind: str, size: layers.Size, dtype: str, rounds: int, seconds: float) -> dict[str, Any]:
    """Measure one cell, size and dtype."""
    problem = layers.Problem.draw(CELLS[kind], size)
    found = candidates(problem, kind, dtype)
    agree(problem, found, CLOSE[dtype])
    timings = measure.interleaved({name: awaited(call) for name, call in found.items()}, rounds, seconds)
    median = {name: timing.median for name, timing in timings.items()}
    return {
        "cell": kind,
        "dtype": dtype,
        "B,T,D,H": list(size),
        "ms": {name: timing._asdict() for name, timing in timings.items()},
        "loop / cuda": median["torch loop"] / median["engine cuda"],
        "cuDNN / cuda": median["torch.nn"] / median["engine cuda"],
    }


def as_row(entry: dict[str, Any]) -> dict[str, Any]:
    """Return one line of the table."""
    timed = {name: timing["median"] for name, timing in entry["ms"].items()}
    ratios = {key: entry[key] for key in ("loop / cuda", "cuDNN / cuda")}
    return {
        "cell": entry["cell"],
        "dtype": entry["dtype"],
        "B,T,D,H": str(layers.Size(*entry["B,T,D,H"])),
        **timed,
        **ratios,
    }


def picture(results: list[dict[str, Any]]):
    """Draw milliseconds by size and candidate, a plot for each cell."""
    values = [
        {
            "size": f"{layers.Size(*entry['B,T,D,H'])} {entry['dtype']}",
            "milliseconds": timing["median"],
            "candidate": name,
            "cell": entry["cell"],
        }
        for entry in results
        for name, timing in entry["ms"].items()
    ]
    return measure.points(values, x="milliseconds", y="size", colour="candidate", column="cell")


def main() -> int:
    """Run the command line."""
    parser = measure.arguments(__doc__)
    parser.add_argument("--cells", default="rnn,gru,lstm", help="some of them (%(default)s)")
    parser.add_argument("--dtypes", default="float32,bfloat16", help="some of them (%(default)s)")
    parser.add_argument("--sizes", type=layers.size, nargs="+", metavar="B,T,D,H", help="instead of the six")
    parser.add_argument("--rounds", type=int, default=9, help="turns of each candidate (%(default)s)")
    options = measure.parsed(parser)
    for name, known in (("cells", layers.LAYERS), ("dtypes", DTYPES)):
        if wrong := set(getattr(options, name).split(",")) - set(known):
            parser.error(f"--{name}: got {sorted(wrong)}, expected some of {list(known)}")
    if not torch.cuda.is_available():
        print("No CUDA device: nothing was measured.")
        return 0
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    load, began, results = os.getloadavg()[0], time.perf_counter(), []
    rounds, seconds = (3, 0.2) if options.quick else (options.rounds, 3.0)
    for kind in options.cells.split(","):
        for dtype in options.dtypes.split(","):
            for one in options.sizes or (layers.QUICK if options.quick else layers.SIZES):
                results.append(compare(kind, one, dtype, rounds, seconds))
                print(
                    f"{kind} {one} {dtype}: loop / cuda {results[-1]['loop / cuda']:.1f}, "
                    f"cuDNN / cuda {results[-1]['cuDNN / cuda']:.2f}",
                    flush=True,
                )
    print(f"\nMilliseconds of a training step, medians; {time.perf_counter() - began:.0f} s in all")
    measure.print_table([as_row(entry) for entry in results])
    summary = {
        key: {"least": min(e[key] for e in results), "most": max(e[key] for e in results)}
        for key in ("loop / cuda", "cuDNN / cuda")
    }
    found = measure.figures("gpu", options, load, results, summary)
    found["machine"] = {**found["machine"], "GPU": torch.cuda.get_device_name(), "CUDA": torch.version.cuda}
    measure.finish(options, found, lambda: picture(results))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
