"""How many symbols a second does the character language model draw? `rnncore.models.sample`, against torch.nn.

    python -m benchmarks.generate [--cells gru,lstm] [--hidden 256] [--batches 1 8 16 32 64] [--threads 1] [--quick]

Each symbol is drawn from the softmax of the logits and fed back. rnncore steps by `LanguageModel.stepper`, which is
made for this, and by `LanguageModel.step`. torch runs under inference_mode and draws by torch.multinomial: its layer
over one step at a time, and its cell. First the logits of all are compared, for the same weights and the same symbols.
Nothing is asserted by the clock: read the ratios.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from benchmarks import measure
from benchmarks.model import EMBEDDING, LAYERS, SYMBOLS, TorchModel
from rnncore.cells import CELLS
from rnncore.models import LanguageModel, sample

__all__ = ["CellModel", "compare", "main", "ours", "same", "theirs"]

CELL_MODULES = {"rnn": torch.nn.RNNCell, "gru": torch.nn.GRUCell, "lstm": torch.nn.LSTMCell}


class CellModel(torch.nn.Module):
    """The model with torch's cell instead of its layer: fewer checks for each step."""

    def __init__(self, kind: str, model: TorchModel):
        super().__init__()
        self.embedding, self.readout = model.embedding, model.readout
        self.cell: Any = CELL_MODULES[kind](model.rnn.input_size, model.rnn.hidden_size)
        self.cell.load_state_dict({name.removesuffix("_l0"): w for name, w in model.rnn.state_dict().items()})

    def forward(self, ids: torch.Tensor, state: Any = None):
        """Do one step, as `TorchModel` over ids (1, B)."""
        state = self.cell(self.embedding(ids[0]), state)
        return self.readout(state[0] if isinstance(state, tuple) else state)[None], state


def ours(model: LanguageModel, params: dict[str, np.ndarray], B: int, T: int, plain: bool = False):
    """Return a call that draws T symbols for each of B sequences by rnncore.

    Each call makes a stepper and draws others. plain: by `step`.
    """
    rng = np.random.default_rng(2)

    def draw() -> np.ndarray:
        step = functools.partial(model.step, params) if plain else model.stepper(params)
        return sample(step, model.zero_state(params, B), np.zeros(B, int), T, rng)

    return draw


def theirs(module: torch.nn.Module, B: int, T: int) -> Callable[[], torch.Tensor]:
    """Return a call that does the same by torch."""

    @torch.inference_mode()
    def draw() -> torch.Tensor:
        ids, state, drawn = torch.zeros(B, dtype=torch.long), None, []
        for _ in range(T):
            logits, state = module(ids[None], state)
            ids = torch.multinomial(torch.softmax(logits[0], -1), 1)[:, 0]
            drawn.append(ids)
        return torch.stack(drawn)

    return draw


@torch.inference_mode()
def same(model: LanguageModel, params: dict[str, np.ndarray], modules: dict[str, torch.nn.Module]) -> None:
    """Raise ValueError when the logits after a few symbols differ by more than float32 explains."""
    text = np.random.default_rng(3).integers(SYMBOLS, size=(5, 2))
    state, states, stepper = model.zero_state(params, 2), dict.fromkeys(modules), model.stepper(params)
    fast_state = model.zero_state(params, 2)
    for ids in text:
        logits, state = model.step(params, ids, state)
        fast, fast_state = stepper(ids, fast_state)
        if not np.allclose(fast, logits, atol=1e-4):
            raise ValueError(f"stepper: the logits differ by {abs(fast - logits).max():.1e}")
        for name, module in modules.items():
            got, states[name] = module(torch.from_numpy(ids)[None], states[name])
            if not np.allclose(got[0].numpy(), logits, atol=1e-4):
                raise ValueError(f"{name}: the logits differ by {abs(got[0].numpy() - logits).max():.1e}")


def compare(kind: str, H: int, B: int, T: int, rounds: int, seconds: float) -> dict[str, Any]:
    """Measure one cell and one number of sequences."""
    model = LanguageModel(inputs=SYMBOLS, K=SYMBOLS, D=EMBEDDING, H=H, cell=CELLS[kind])
    params = model.init(np.random.default_rng(0), np.float32)
    layer = TorchModel(kind, model, params)
    modules: dict[str, torch.nn.Module] = {"torch.nn layer": layer, "torch.nn cell": CellModel(kind, layer)}
    same(model, params, modules)
    calls: dict[str, Callable[[], Any]] = {
        "rnncore": ours(model, params, B, T),
        "rnncore, step": ours(model, params, B, T, plain=True),
    }
    calls |= {name: theirs(module, B, T) for name, module in modules.items()}
    timings = measure.interleaved(calls, rounds, seconds)
    rates = {name: 1000 * T * B / timing.median for name, timing in timings.items()}
    return {
        "cell": kind,
        "B": B,
        "T": T,
        "D": EMBEDDING,
        "H": H,
        "K": SYMBOLS,
        "ms": {name: timing._asdict() for name, timing in timings.items()},
        "symbols per second": rates,
        "rnncore / faster torch": rates["rnncore"] / max(rates[name] for name in modules),
    }


def as_row(entry: dict[str, Any]) -> dict[str, Any]:
    """Return one line of the table."""
    return {
        **{key: entry[key] for key in ("cell", "H", "B")},
        **entry["symbols per second"],
        "rnncore / faster torch": entry["rnncore / faster torch"],
    }


def picture(results: list[dict[str, Any]]):
    """Draw symbols per second against the number of sequences, one plot for each cell."""
    values = [
        {"sequences": entry["B"], "symbols per second": rate, "candidate": name, "cell": entry["cell"]}
        for entry in results
        for name, rate in entry["symbols per second"].items()
    ]
    return measure.lines(values, x="sequences", y="symbols per second", colour="candidate", column="cell")


def main() -> int:
    """Run the command line."""
    parser = measure.arguments(__doc__)
    parser.add_argument("--cells", default="gru,lstm", help="some of rnn, gru, lstm (%(default)s)")
    parser.add_argument("--hidden", type=int, default=256, help="units of the state (%(default)s)")
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8, 16, 32, 64], help="sequences at once")
    parser.add_argument("--steps", type=int, default=200, help="symbols in each (%(default)s)")
    parser.add_argument("--rounds", type=int, default=9, help="turns of each candidate (%(default)s)")
    options = measure.parsed(parser)
    if wrong := set(options.cells.split(",")) - set(LAYERS):
        parser.error(f"--cells: got {sorted(wrong)}, expected some of {list(LAYERS)}")
    load = os.getloadavg()[0]
    H, batches, T, rounds, seconds = options.hidden, options.batches, options.steps, options.rounds, 5.0
    if options.quick:
        H, batches, T, rounds, seconds = 32, [1, 8], 20, 3, 0.2
    results = [compare(kind, H, B, T, rounds, seconds) for kind in options.cells.split(",") for B in batches]
    print(f"Symbols a second, D={EMBEDDING}, K={SYMBOLS}, T={T}")
    measure.print_table([as_row(entry) for entry in results])
    summary = {
        f"rnncore / faster torch, {entry['cell']}, B={entry['B']}": entry["rnncore / faster torch"]
        for entry in results
        if entry["B"] in (batches[0], batches[-1])
    }
    measure.finish(options, measure.figures("generate", options, load, results, summary), lambda: picture(results))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
