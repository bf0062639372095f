"""The copy problem: ten symbols, a delay, then the same ten from memory. Hochreiter and Schmidhuber, 1997.

python -m rnncore.tasks.copy --cell gru --delay 50      nats per step; without memory 10 ln 8 / (delay + 20)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rnncore.cells import CELLS
from rnncore.data.sources import copy_baseline, copy_task
from rnncore.models import LanguageModel
from rnncore.ops import check_sizes
from rnncore.tasks.command import finish, for_training, on_device
from rnncore.tasks.options import SOURCE, Command, answering, positive, whole
from rnncore.train import Adam, Run, StepResult, fit, identity, share

__all__ = ["main", "train"]


def train(
    cell: str,
    delay: int = 50,
    H: int = 128,
    B: int = 32,
    steps: int = 6000,
    start: str = "orthogonal",
    lr: float = 0.005,
    seed: int = 0,
    device: str = "cpu",
    every: int = 100,
    solved: float = 0.1,
    run_dir: Any = None,
    progress: bool = True,
) -> tuple[float, Run]:
    """Train on fresh sequences until the loss on held-out ones is below `solved` times the baseline, or steps are over.

    history holds "validation", the loss over the baseline's. Returns its last value, and the run.
    cell: a name in `rnncore.cells.CELLS`. delay: steps between the symbols and their copy. H: units. B: sequences a
    batch. start: first weights, see `rnncore.layers.init_recurrent`. lr: highest learning rate. seed: of all that is
    drawn. device: "cpu", "torch" or "cuda". every: steps between entries of the history. run_dir: folder of
    checkpoints, or None. progress: show a bar.
    """
    told = identity("copy", locals())
    check_sizes(delay=delay, H=H, B=B)
    rng = np.random.default_rng(seed)
    model = LanguageModel(inputs=10, K=9, D=16, H=H, cell=CELLS[cell], start=start)
    params = on_device(model.init(rng, np.float32), device)
    held_out = copy_task(delay, 300, np.random.default_rng([seed, 1]))

    def train_step(params, step, rng, carry):
        total, count, _, grads = model.loss(params, *share(*copy_task(delay, B, rng)))
        return StepResult(float(total), count, grads)

    def validate(params):
        total, count, _ = model.score(params, *held_out)
        return total / count / copy_baseline(delay)

    run = fit(
        params,
        train_step,
        Adam(lr),
        steps,
        rng,
        clip=1.0,
        every=every,
        validate=validate,
        run_dir=run_dir,
        progress=progress,
        identity=told,
        until=lambda entry: entry["validation"] < solved,
    )
    return run.history[-1]["validation"], run


@answering("python -m rnncore.tasks.copy")
def main(arguments: list[str]) -> int:
    """Run the command line.

    arguments: those of the command line.
    """
    parse = Command("copy", __doc__, {SOURCE: 6000})
    parse.option("--cell", choices=sorted(CELLS), default="gru")
    parse.option("--delay", type=whole(), default=50)
    parse.option("--hidden", type=whole(), default=128)
    parse.option("--start", choices=["uniform", "orthogonal", "identity"], default="orthogonal")
    parse.option("--lr", type=positive, default=0.005)
    options = parse.read(arguments)
    common = for_training(options, "start", "lr")
    value, run = train(options.cell, options.delay, options.hidden, steps=options.steps, **common)
    scores = {
        "loss over that without memory": value,
        "loss without memory, nats per step": copy_baseline(options.delay),
        "steps": run.step,
        "solved (below a tenth)": "yes" if value < 0.1 else "no",
    }
    return finish("copy", options, arguments, run, scores, {"without memory": copy_baseline(options.delay)})


if __name__ == "__main__":
    raise SystemExit(main())
