"""Classification of a sentence: is it praise or blame?

python -m rnncore.tasks.polarity                        reviews with negation, where a bag of words is a coin toss
python -m rnncore.tasks.polarity --data rt-polarity     film reviews, ten-fold cross-validation
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from rnncore import ops
from rnncore.cells import CELLS
from rnncore.data import UNK, Vocabulary, length_batches, pad_batch, rt_polarity
from rnncore.data.sources import REVIEWS, Reviews
from rnncore.models import Classifier
from rnncore.models.classifier import POOLINGS
from rnncore.ops import check_sizes
from rnncore.tasks.command import finish, for_training, on_device, parser
from rnncore.train import Adam, AdamW, Run, StepResult, fit, identity, share

__all__ = ["accuracy", "folds", "main", "train_fold", "train_source"]


def accuracy(model: Classifier, params: dict, seqs: list[np.ndarray], labels: np.ndarray, B: int = 256) -> float:
    """Share of right labels."""
    check_sizes(B=B)
    right = 0
    for which in length_batches([len(s) for s in seqs], B):
        ids, lengths = pad_batch([seqs[k] for k in which])
        scores, _ = model.forward(params, ids, lengths)
        right += int((ops.to_numpy(scores).argmax(axis=-1) == labels[which]).sum())
    return right / len(seqs)


def folds(n: int, k: int, seed: int) -> list[np.ndarray]:
    """Split 0..n - 1 into k disjoint sets, in a random order, whose sizes differ by one at most."""
    check_sizes(n=n, k=k)
    return np.array_split(np.random.default_rng(seed).permutation(n), k)


def train_fold(
    sentences: list[list[str]],
    labels: np.ndarray,
    test: np.ndarray,
    *,
    cell: str = "gru",
    D: int = 100,
    H: int = 64,
    pooling: str = "max",
    dropout: float = 0.5,
    forget: float = 0.2,
    steps: int = 1350,
    B: int = 64,
    lr: float = 0.001,
    decay: float = 0.1,
    seed: int = 0,
    device: str = "cpu",
    every: int = 135,
    run_dir: Any = None,
    progress: bool = True,
) -> tuple[float, Run]:
    """Train on all but the test indices, a tenth of them kept for validation. Returns test accuracy and the run.

    The vocabulary is that of the training part, words seen twice. history holds "validation", the share of wrong
    labels; the best parameters are kept. forget: share of words shown as unknown.
    """
    told = identity("polarity", locals())
    check_sizes(D=D, H=H, B=B)
    rng = np.random.default_rng([seed, 2])
    rest = rng.permutation(np.setdiff1d(np.arange(len(sentences)), test))
    held, train = rest[: len(rest) // 10], rest[len(rest) // 10 :]
    words = Vocabulary.of((w for k in train for w in sentences[k]), [UNK], 2)
    seqs = [words.encode(s) for s in sentences]
    model = Classifier(len(words), 2, D, H, CELLS[cell], 1, True, pooling, dropout, start="orthogonal")
    params = on_device(model.init(rng, np.float32), device)
    lengths, per_epoch = [len(seqs[k]) for k in train], -(-len(train) // B)

    def train_step(params, step, rng, carry):
        epoch = np.random.default_rng([seed, step // per_epoch])
        which = train[length_batches(lengths, B, epoch)[step % per_epoch]]
        ids, ends = pad_batch([seqs[k] for k in which])
        ids = np.where(rng.random(ids.shape) < forget, words.index[UNK], ids)
        total, count, grads = model.loss(params, *share(ids, labels[which], ends, rng))
        return StepResult(float(total), count, grads)

    run = fit(
        params,
        train_step,
        AdamW(lr, decay=decay),
        steps,
        rng,
        clip=5.0,
        every=every,
        keep_best=True,
        validate=lambda p: 1 - accuracy(model, p, [seqs[k] for k in held], labels[held]),
        run_dir=run_dir,
        progress=progress,
        identity=told,
    )
    return accuracy(model, run.best, [seqs[k] for k in test], labels[test]), run


def train_source(
    source: Reviews,
    steps: int = 600,
    B: int = 64,
    seed: int = 0,
    cell: str = "gru",
    pooling: str = "last",
    device: str = "cpu",
    run_dir: Any = None,
    progress: bool = True,
) -> tuple[dict[str, Any], Run]:
    """Train on fresh reviews; compare with the best possible accuracy, and with that of any bag of words."""
    told = identity("polarity", locals())
    check_sizes(B=B)
    rng = np.random.default_rng(seed)
    model = Classifier(source.symbols, 2, 16, 24, CELLS[cell], pooling=pooling)
    params = on_device(model.init(rng), device)

    def train_step(params, step, rng, carry):
        seqs, labels = source.sample(B, rng)
        ids, lengths = pad_batch(seqs)
        total, count, grads = model.loss(params, *share(ids, labels, lengths, rng))
        return StepResult(float(total), count, grads)

    run = fit(params, train_step, Adam(0.01), steps, rng, clip=5.0, run_dir=run_dir, progress=progress, identity=told)
    seqs, labels = source.sample(4000, np.random.default_rng([seed, 1]))
    return {
        "accuracy": accuracy(model, run.params, seqs, labels),
        "the best possible, in the mean": source.bayes_accuracy(),
        "any bag of words": source.bag_accuracy(),
    }, run


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parse = parser("polarity", __doc__, "600 for the source, 1350 for each fold")
    parse.add_argument("--data", choices=["rt-polarity"], help="real sentences instead of the source")
    parse.add_argument("--cell", choices=sorted(CELLS), default="gru")
    parse.add_argument("--pooling", choices=POOLINGS, help="last for the source, max for real sentences")
    parse.add_argument("--folds", type=int, default=10, help="how many of the ten folds to run")
    options = parse.parse_args(arguments)
    common = for_training(options, "cell")
    if not options.data:
        scores, run = train_source(REVIEWS, options.steps or 600, pooling=options.pooling or "last", **common)
        return finish("polarity", options, arguments, run, scores)
    sentences, labels = rt_polarity()
    found, runs = [], []
    for k, test in enumerate(folds(len(sentences), 10, options.seed)[: options.folds]):
        common["run_dir"] = options.run_dir and options.run_dir / f"fold-{k}"
        pooling = options.pooling or "max"
        value, run = train_fold(sentences, labels, test, steps=options.steps or 1350, pooling=pooling, **common)
        found.append(value)
        runs.append(run)
        print(f"fold {k + 1}: {value:.4f}", flush=True)
    last = runs[-1]
    last.seconds = sum(run.seconds for run in runs)
    scores = {
        "accuracy, mean over folds": float(np.mean(found)),
        "standard deviation over folds": float(np.std(found)),
        "accuracy of each fold": [round(value, 4) for value in found],
    }
    return finish("polarity", options, arguments, last, scores)


if __name__ == "__main__":
    raise SystemExit(main())
