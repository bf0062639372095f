"""Captions: a picture enters through the initial state, a sentence comes out.

python -m rnncore.tasks.captions        rendered scenes, beside the exact entropy of a caption given its scene
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from rnncore.cells import CELLS
from rnncore.data import shifted, too_good
from rnncore.data.sources import SCENES, Scenes
from rnncore.models import Conditional, LanguageModel, sample
from rnncore.ops import check_sizes
from rnncore.tasks.command import BITS, finish, for_training, on_device, parser
from rnncore.train import Adam, Run, StepResult, cosine, fit, identity, share

__all__ = ["gap", "main", "score", "train"]


def score(model: Conditional, params: dict, images: np.ndarray, captions: list[np.ndarray]) -> float:
    """Return the sum of the captions' losses in nats, EOS included."""
    inputs, targets, mask = shifted(captions, model.lm.inputs - 1)
    return model.score(params, images, inputs, targets, mask)[0]


def gap(
    model: Conditional, params: dict, images: np.ndarray, captions: list[np.ndarray], rng: np.random.Generator
) -> float:
    """Return how much worse captions are told from other scenes than from their own, in bits per caption.

    For the exact model this is the mutual information plus the lautum information; a model that ignores
    its condition has 0.
    """
    other = images[rng.permutation(len(images))]
    return (score(model, params, other, captions) - score(model, params, images, captions)) / len(images) * BITS


def train(
    source: Scenes,
    steps: int = 1500,
    H: int = 48,
    code: int = 32,
    B: int = 64,
    seed: int = 0,
    cell: str = "gru",
    device: str = "cpu",
    run_dir: Any = None,
    progress: bool = True,
) -> tuple[dict[str, Any], Conditional, Run]:
    """Train on fresh pairs; score the model and the source on the same captions, drawn after training."""
    told = identity("captions", locals())
    check_sizes(H=H, B=B)
    rng = np.random.default_rng(seed)
    K = source.symbols
    model = Conditional(source.features, LanguageModel(K + 1, K, 16, H, CELLS[cell]), code)
    params = on_device(model.init(rng), device)

    def train_step(params, step, rng, carry):
        images, captions, _ = source.sample(B, rng)
        total, count, grads = model.loss(params, *share(images, *shifted(captions, K)))
        return StepResult(float(total), count, grads)

    optimiser = Adam(cosine(0.01, max(steps, 1), 0, 0.0001))
    run = fit(params, train_step, optimiser, steps, rng, clip=1.0, run_dir=run_dir, progress=progress, identity=told)
    images, captions, conditions = source.sample(2000, np.random.default_rng([seed, 1]))
    total, logp = score(model, run.params, images, captions), float(np.sum(source.logprob(captions, conditions)))
    return (
        {
            "model, bits per caption": total / 2000 * BITS,
            "the source's own score": -logp / 2000 * BITS,
            "entropy given the scene": source.conditional_entropy(),
            "above the source": (total + logp) / 2000 * BITS,
            "entropy without the scene": source.entropy(),
            "information of the scene": source.information(),
            "gap to other scenes": gap(model, run.params, images, captions, np.random.default_rng([seed, 2])),
            "'too good' alarm": "RINGS: look for a leak" if too_good(-total, logp) else "silent",
        },
        model,
        run,
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parse = parser("captions", __doc__, "1500")
    parse.add_argument("--cell", choices=sorted(CELLS), default="gru")
    options = parse.parse_args(arguments)
    scores, model, run = train(SCENES, options.steps or 1500, **for_training(options, "cell"))
    images, captions, _ = SCENES.sample(3, np.random.default_rng(options.seed))
    state, _ = model.encode(run.params, images)
    eos = SCENES.symbols - 1
    drawn = sample(
        model.stepper(run.params), state, np.full(3, SCENES.symbols), 30, np.random.default_rng(options.seed), eos=eos
    )
    for caption, ids in zip(captions, drawn.T):
        told, drawn_words = (" ".join(SCENES.vocabulary[k] for k in words if k != eos) for words in (caption, ids))
        print(f"source: {told}\nmodel:  {drawn_words}\n")
    return finish("captions", options, arguments, run, scores)


if __name__ == "__main__":
    raise SystemExit(main())
