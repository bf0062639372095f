"""A whole training step of the character language model, from the embedding to the optimiser, against torch.nn.

    python -m benchmarks.model [--cells gru,lstm] [--hidden 256 512] [--threads 2] [--quick]

A step: embed, run the layer, read out, cross-entropy, all gradients, clip by norm, Adam; in float32, with the state
carried to the next step, as `rnncore.tasks.charlm` trains on text. First both models take a step from the same weights,
and it is compared. Nothing is asserted by the clock: read the ratios.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch

from benchmarks import measure
from rnncore.cells import CELLS
from rnncore.engines import explain
from rnncore.models import LanguageModel
from rnncore.torch import to_torch
from rnncore.train import Adam, clip_by_norm
from rnncore.types import Params

__all__ = ["Text", "TorchModel", "main", "ours", "same", "theirs"]

LR, CLIP = 0.002, 1.0
SYMBOLS, EMBEDDING = 65, 64
LAYERS = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}


class Text(NamedTuple):
    """What one step reads and predicts, (T, B) integers."""

    ids: np.ndarray
    targets: np.ndarray

    @classmethod
    def draw(cls, T: int, B: int) -> Text:
        """Draw random symbols: their statistics do not matter to the clock."""
        text = np.random.default_rng(1).integers(SYMBOLS, size=(T + 1, B))
        return cls(text[:-1].copy(), text[1:].copy())


class TorchModel(torch.nn.Module):
    """`LanguageModel` as one writes it with torch.nn, with the same parameters."""

    def __init__(self, kind: str, model: LanguageModel, params: dict[str, np.ndarray]):
        super().__init__()
        self.embedding = torch.nn.Embedding(model.inputs, model.D)
        self.rnn: Any = LAYERS[kind](model.D, model.H)
        self.readout = torch.nn.Linear(model.H, model.K)
        inside = {name.removeprefix("rnn."): array for name, array in params.items() if name.startswith("rnn.")}
        self.rnn.load_state_dict(to_torch(model.rnn, inside))
        with torch.no_grad():
            for parameter, name in ((self.embedding.weight, "E"), (self.readout.weight, "U"), (self.readout.bias, "c")):
                parameter.copy_(torch.from_numpy(params[name]))

    def forward(self, ids: torch.Tensor, state: Any = None):
        """Return logits (T, B, K) and the final state."""
        hs, state = self.rnn(self.embedding(ids), state)
        return self.readout(hs), state


def ours(model: LanguageModel, params: dict[str, np.ndarray], text: Text) -> Callable[[], float]:
    """Return a step of rnncore on NumPy; each call goes on from the one before and returns the mean loss."""
    optimiser = Adam(lr=LR)
    held: dict[str, Any] = {"params": params, "optimiser": optimiser.init(params), "state": None}

    def step() -> float:
        total, count, held["state"], grads = model.loss(held["params"], *text, held["state"])
        grads, _ = clip_by_norm(grads, CLIP)
        held["params"], held["optimiser"] = optimiser.update(held["params"], grads, held["optimiser"])
        return float(total) / count

    return step


def theirs(kind: str, model: LanguageModel, params: dict[str, np.ndarray], text: Text, fused: bool = False):
    """Return the same step of torch.nn.

    fused: torch.optim.Adam in one loop over all parameters, which is not its default.
    """
    module = TorchModel(kind, model, params)
    optimiser = torch.optim.Adam(module.parameters(), lr=LR, fused=True if fused else None)
    ids, targets = (torch.from_numpy(array) for array in text)
    held: dict[str, Any] = {"state": None}

    def step() -> float:
        optimiser.zero_grad()
        logits, state = module(ids, held["state"])
        held["state"] = tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(module.parameters(), CLIP)
        optimiser.step()
        return loss.item()

    return step


def same(steps: dict[str, Callable[[], float]]) -> list[float]:
    """Return the losses of the first two steps.

    The first is the same function of the same weights, the second tells of gradients and optimiser, but for torch's
    second bias, which Adam moves as far as the first.
    Raises ValueError when the candidates differ by more than that.
    """
    found = {name: [step(), step()] for name, step in steps.items()}
    first = next(iter(found.values()))
    for name, losses in found.items():
        if not (np.isclose(losses[0], first[0], rtol=1e-5) and np.isclose(losses[1], first[1], rtol=1e-3)):
            raise ValueError(f"{name}: got losses {losses}, expected {first}")
    return first


def chosen_engine(model: LanguageModel, params: dict[str, np.ndarray], T: int, B: int) -> str:
    """Return the engine that the model's layer takes for this size."""
    own = tuple(params[f"rnn.{name}_l0"] for name in model.cell.own)
    weights = Params(params["rnn.V_l0"], params["rnn.W_l0"], params["rnn.b_l0"], own)
    state = tuple(part[0] for part in model.zero_state(params, B))
    return explain(model.cell, np.zeros((T, B, model.D), np.float32), state, weights).engine


def compare(kind: str, H: int, T: int, B: int, rounds: int, seconds: float) -> dict[str, Any]:
    """Measure one model."""
    model = LanguageModel(inputs=SYMBOLS, K=SYMBOLS, D=EMBEDDING, H=H, cell=CELLS[kind])
    params, text = model.init(np.random.default_rng(0), np.float32), Text.draw(T, B)
    steps = {
        "rnncore": ours(model, params, text),
        "torch.nn": theirs(kind, model, params, text),
        "torch.nn, fused Adam": theirs(kind, model, params, text, fused=True),
    }
    losses = same(steps)
    timings = measure.interleaved(steps, rounds, seconds)
    return {
        "cell": kind,
        "B": B,
        "T": T,
        "D": EMBEDDING,
        "H": H,
        "K": SYMBOLS,
        "engine": chosen_engine(model, params, T, B),
        "losses": losses,
        "ms": {name: timing._asdict() for name, timing in timings.items()},
        "torch.nn / rnncore": timings["torch.nn"].median / timings["rnncore"].median,
        "torch.nn, fused Adam / rnncore": timings["torch.nn, fused Adam"].median / timings["rnncore"].median,
    }


def as_row(entry: dict[str, Any]) -> dict[str, Any]:
    """Return one line of the table."""
    timed = {name: timing["median"] for name, timing in entry["ms"].items()}
    return {
        **{key: entry[key] for key in ("cell", "H", "engine")},
        **timed,
        "torch.nn / rnncore": entry["torch.nn / rnncore"],
    }


def picture(results: list[dict[str, Any]]):
    """Draw milliseconds by size of the state and candidate, one plot for each cell."""
    values = [
        {"size": f"H = {entry['H']}", "ms": timing["median"], "candidate": name, "cell": entry["cell"]}
        for entry in results
        for name, timing in entry["ms"].items()
    ]
    return measure.points(values, x="ms", y="size", colour="candidate", column="cell")


def main() -> int:
    """Run the command line."""
    parser = measure.arguments(__doc__, threads=2)
    parser.add_argument("--cells", default="gru,lstm", help="some of rnn, gru, lstm (%(default)s)")
    parser.add_argument("--hidden", type=int, nargs="+", default=[256, 512], help="units of the state")
    parser.add_argument("--batch", type=int, default=32, help="sequences (%(default)s)")
    parser.add_argument("--steps", type=int, default=128, help="symbols in each (%(default)s)")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each candidate (%(default)s)")
    options = measure.parsed(parser)
    if wrong := set(options.cells.split(",")) - set(LAYERS):
        parser.error(f"--cells: got {sorted(wrong)}, expected some of {list(LAYERS)}")
    load = os.getloadavg()[0]
    hidden, T, B, rounds, seconds = options.hidden, options.steps, options.batch, options.rounds, 20.0
    if options.quick:
        hidden, T, B, rounds, seconds = [128], 64, 32, 3, 0.5
    results = [compare(kind, H, T, B, rounds, seconds) for kind in options.cells.split(",") for H in hidden]
    print(f"Milliseconds of a training step, medians: B={B}, T={T}, D={EMBEDDING}, K={SYMBOLS}")
    measure.print_table([as_row(entry) for entry in results])
    ratios = [entry["torch.nn / rnncore"] for entry in results]
    summary = {"torch.nn / rnncore, least": min(ratios), "torch.nn / rnncore, median": statistics.median(ratios)}
    measure.finish(options, measure.figures("model", options, load, results, summary), lambda: picture(results))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
