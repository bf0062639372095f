"""Classification of a sentence: is it praise or blame?

python -m rnncore.tasks.polarity                        reviews with negation, where a bag of words is a coin toss
python -m rnncore.tasks.polarity --data rt-polarity     film reviews, ten-fold cross-validation
python -m rnncore.tasks.polarity --data my.tsv --save my.npz     your own lines, `text TAB label`, word by word
python -m rnncore classify my.npz "a sentence"                   and the model labels others

Of your own lines 80 % of each label are for training, 10 % for validation, 10 % for the test. Words stand between
white space; one that occurs once in the training part, or not at all, is the unknown one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rnncore.cells import CELLS
from rnncore.data import UNK, Vocabulary, length_batches, pad_batch, rt_polarity
from rnncore.data.sources import REVIEWS, Reviews
from rnncore.models import Classifier
from rnncore.models.classifier import POOLINGS
from rnncore.ops import check_sizes
from rnncore.tasks.command import finish, for_training, on_device
from rnncore.tasks.labelled import TSV, accuracy, learn_own
from rnncore.tasks.options import CORPUS, FILE, SOURCE, Command, answering, load, whole
from rnncore.train import Adam, AdamW, Run, StepResult, fit, identity, share
from rnncore.types import Refused

__all__ = ["folds", "main", "train_fold", "train_source"]


def folds(n: int, k: int, seed: int) -> list[np.ndarray]:
    """Split 0..n - 1 into k disjoint sets, in a random order, whose sizes differ by one at most.

    seed: of all that is drawn.
    """
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
    """Train on fresh reviews; compare with the best possible accuracy, and with that of any bag of words.

    source: what is learned from. steps: updates in all. B: sequences a batch. seed: of all that is drawn. cell: a name
    in `rnncore.cells.CELLS`. pooling: one of `rnncore.models.classifier.POOLINGS`. device: "cpu", "torch" or "cuda".
    run_dir: folder of checkpoints, or None. progress: show a bar.
    """
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


@answering("python -m rnncore.tasks.polarity")
def main(arguments: list[str]) -> int:
    """Run the command line.

    arguments: those of the command line.
    """
    steps = {SOURCE: 600, CORPUS: "1350 a fold", FILE: 1000}
    parse = Command("polarity", __doc__, steps, ["rt-polarity"], TSV)
    parse.option("--cell", choices=sorted(CELLS), default="gru")
    parse.option("--pooling", choices=POOLINGS, default={SOURCE: "last", CORPUS: "max", FILE: "max"})
    parse.option("--folds", of=[CORPUS], type=whole(), default=10, help="how many of the ten folds to run")
    options = parse.read(arguments)
    if options.kind == FILE:
        sizes = {"D": 100, "H": 64, "B": 64, "lr": 0.002, "dropout": 0.5, "pooling": options.pooling}
        return learn_own("polarity", options, arguments, "words", forget=0.2, **sizes)
    common = for_training(options, "cell", "pooling")
    if options.kind == SOURCE:
        scores, run = train_source(REVIEWS, options.steps, **common)
        return finish("polarity", options, arguments, run, scores)
    if options.save:
        raise Refused("argument --save: of polarity, a model is kept of a file of your own only")
    sentences, labels = load(options.data, rt_polarity)
    found, runs = [], []
    for k, test in enumerate(folds(len(sentences), 10, options.seed)[: options.folds]):
        common["run_dir"] = options.run_dir and options.run_dir / f"fold-{k}"
        value, run = train_fold(sentences, labels, test, steps=options.steps, **common)
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
