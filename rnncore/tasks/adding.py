"""The adding problem: two marked numbers far apart, their sum at the end. Hochreiter and Schmidhuber, 1997.

python -m rnncore.tasks.adding --cell lstm        mean squared error; always to answer 1 earns 1/6
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rnncore import ops
from rnncore.cells import CELLS
from rnncore.data.sources import ADDING_BASELINE, adding_task
from rnncore.layers import squared_error, squared_error_backward
from rnncore.models import Classifier
from rnncore.ops import check_sizes
from rnncore.tasks.command import finish, for_training, on_device
from rnncore.tasks.options import SOURCE, Command, answering, positive, whole
from rnncore.train import Adam, Run, StepResult, fit, identity, share

__all__ = ["STARTS", "main", "train"]

STARTS = ("uniform", "orthogonal", "identity")


def train(
    cell: str,
    T: int = 200,
    H: int = 64,
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

    history holds "validation", the mean squared error over the baseline 1/6. Returns its last value, and the run.
    cell: a name in `rnncore.cells.CELLS`. T: steps. H: units. B: sequences a batch. start: first weights, see
    `rnncore.layers.init_recurrent`. lr: highest learning rate. seed: of all that is drawn. device: "cpu", "torch" or
    "cuda". every: steps between entries of the history. run_dir: folder of checkpoints, or None. progress: show a bar.
    """
    told = identity("adding", locals())
    check_sizes(T=T, H=H, B=B)
    rng = np.random.default_rng(seed)
    model = Classifier(None, 1, 2, H, CELLS[cell], start=start)
    params = on_device(model.init(rng, np.float32), device)
    held_out = adding_task(T, 500, np.random.default_rng([seed, 1]))

    def train_step(params, step, rng, carry):
        xs, targets = share(*adding_task(T, B, rng))
        y, cache = model.forward(params, xs.astype(np.float32))
        total, count, error = squared_error(y, ops.asarray_like(targets.astype(np.float32), y))
        _, grads = model.backward(squared_error_backward(error, 1 / count), cache)
        return StepResult(float(total), count, grads)

    def validate(params):
        y, _ = model.forward(params, held_out[0].astype(np.float32))
        total, count, _ = squared_error(y, ops.asarray_like(held_out[1].astype(np.float32), y))
        return float(total) / count / ADDING_BASELINE

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


@answering("python -m rnncore.tasks.adding")
def main(arguments: list[str]) -> int:
    """Run the command line.

    arguments: those of the command line.
    """
    parse = Command("adding", __doc__, {SOURCE: 6000})
    parse.option("--cell", choices=sorted(CELLS), default="lstm")
    parse.option("--length", type=whole(), default=200, help="T, the steps of a sequence")
    parse.option("--hidden", type=whole(), default=64)
    parse.option("--start", choices=STARTS, default="orthogonal", help="first weights")
    parse.option("--lr", type=positive, default=0.005)
    options = parse.read(arguments)
    common = for_training(options, "start", "lr")
    value, run = train(options.cell, options.length, options.hidden, steps=options.steps, **common)
    scores = {
        "mean squared error over that of always 1": value,
        "lowest on the way": run.lowest(),
        "steps": run.step,
        "solved (below a tenth)": "yes" if value < 0.1 else "no",
    }
    return finish("adding", options, arguments, run, scores, {"always 1": 1.0})


if __name__ == "__main__":
    raise SystemExit(main())
