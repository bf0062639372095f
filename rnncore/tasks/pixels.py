"""Classification pixel by pixel: handwritten digits of 8 x 8 points, read as sequences of 64.

python -m rnncore.tasks.pixels --cell gru        scikit-learn's bundled digits; no download
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rnncore import ops
from rnncore.cells import CELLS
from rnncore.models import Classifier
from rnncore.ops import check_sizes
from rnncore.tasks.command import finish, for_training, on_device
from rnncore.tasks.options import SOURCE, Command, answering, whole
from rnncore.train import AdamW, Run, StepResult, cosine, fit, identity, share

__all__ = ["digits", "main", "train"]


def digits(seed: int = 0, permuted: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return sequences (64, n, 1) in [0, 1] and labels, for training (1437) and for testing (360).

    permuted: the points in one fixed random order, so that neighbours are no longer near.
    seed: of all that is drawn.
    """
    from sklearn.datasets import load_digits  # on request only

    images, labels = load_digits(return_X_y=True)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(images))
    images = images[:, rng.permutation(64)] if permuted else images
    xs = (images[order].T / 16)[..., None].astype(np.float32)
    return xs[:, :1437], labels[order][:1437], xs[:, 1437:], labels[order][1437:]


def train(
    cell: str = "gru",
    H: int = 64,
    B: int = 64,
    steps: int = 2000,
    start: str = "orthogonal",
    lr: float = 0.005,
    permuted: bool = False,
    seed: int = 0,
    device: str = "cpu",
    every: int = 200,
    run_dir: Any = None,
    progress: bool = True,
) -> tuple[float, Run]:
    """Train; return accuracy on the test digits after the last step, and the run.

    Nothing is chosen on the test digits.
    cell: a name in `rnncore.cells.CELLS`. H: units. B: sequences a batch. steps: updates in all. start: first weights,
    see `rnncore.layers.init_recurrent`. lr: highest learning rate. permuted: read the points in a random order. seed:
    of all that is drawn. device: "cpu", "torch" or "cuda". every: steps between entries of the history. run_dir: folder
    of checkpoints, or None. progress: show a bar.
    """
    told = identity("pixels", locals())
    check_sizes(H=H, B=B)
    rng = np.random.default_rng(seed)
    xs, labels, test, gold = digits(seed, permuted)
    model = Classifier(None, 10, 1, H, CELLS[cell], pooling="last", start=start)
    params = on_device(model.init(rng, np.float32), device)

    def train_step(params, step, rng, carry):
        which = rng.choice(xs.shape[1], B, replace=False)
        total, count, grads = model.loss(params, *share(xs[:, which], labels[which]))
        return StepResult(float(total), count, grads)

    optimiser = AdamW(cosine(lr, max(steps, 1), min(50, steps), lr / 100), decay=0.1)
    run = fit(
        params,
        train_step,
        optimiser,
        steps,
        rng,
        clip=1.0,
        every=every,
        run_dir=run_dir,
        progress=progress,
        identity=told,
    )
    scores, _ = model.forward(run.params, test)
    return float((ops.to_numpy(scores).argmax(axis=-1) == gold).mean()), run


@answering("python -m rnncore.tasks.pixels")
def main(arguments: list[str]) -> int:
    """Run the command line.

    arguments: those of the command line.
    """
    parse = Command("pixels", __doc__, {SOURCE: 2000})
    parse.option("--cell", choices=sorted(CELLS), default="gru")
    parse.option("--hidden", type=whole(), default=64)
    parse.option("--start", choices=["uniform", "orthogonal", "identity"], default="orthogonal")
    parse.option("--permuted", action="store_true", default=False, help="read the points in a random order")
    options = parse.read(arguments)
    common = for_training(options, "start", "permuted")
    value, run = train(options.cell, options.hidden, steps=options.steps, **common)
    return finish("pixels", options, arguments, run, {"accuracy, 360 test digits": value, "chance": 0.1})


if __name__ == "__main__":
    raise SystemExit(main())
