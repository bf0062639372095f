"""Labelled text, by letters or by words: what `names` and `polarity` share, and a file of the reader's own for both."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnncore import ops
from rnncore.cells import CELLS
from rnncore.data import UNK, Vocabulary, length_batches, pad_batch
from rnncore.data.files import labelled, read_columns
from rnncore.models import Classifier
from rnncore.ops import check_sizes
from rnncore.tasks.command import finish, for_training, on_device
from rnncore.tasks.options import Options
from rnncore.tasks.saved import save_model
from rnncore.train import AdamW, Run, StepResult, cosine, fit, identity, share

__all__ = ["TSV", "Labelled", "accuracy", "cut", "learn_own", "split", "train_labelled"]

Labelled = tuple[list[str], np.ndarray]
TSV = "a file of lines `text TAB label` in UTF-8"


def accuracy(model: Classifier, params: dict, seqs: list[np.ndarray], labels: np.ndarray, B: int = 256) -> float:
    """Share of right labels.

    model: a model of `rnncore.models`. params: parameters by name. seqs: arrays of integers. B: sequences a batch.
    """
    check_sizes(B=B)
    right = 0
    for which in length_batches([len(s) for s in seqs], B):
        ids, lengths = pad_batch([seqs[k] for k in which])
        scores, _ = model.forward(params, ids, lengths)
        right += int((ops.to_numpy(scores).argmax(axis=-1) == labels[which]).sum())
    return right / len(seqs)


def split(by_label: dict[str, list[str]], seed: int) -> tuple[Labelled, Labelled, Labelled]:
    """Split the texts for training, validation and test: 80, 10 and 10 % of each label, in a random order.

    by_label: texts by label. seed: of all that is drawn.
    """
    rng, parts = np.random.default_rng(seed), ([], [], [])
    for label, written in enumerate(by_label.values()):
        order = rng.permutation(len(written))
        for part, chosen in zip(parts, np.split(order, [len(order) * 8 // 10, len(order) * 9 // 10])):
            part.extend((written[k], label) for k in chosen)
    return tuple(([name for name, _ in part], np.array([label for _, label in part])) for part in parts)  # type: ignore


def cut(text: str, units: str) -> list[str]:
    """Return the symbols of a text. units: "letters", or "words", which stand between white space."""
    return text.split() if units == "words" else list(text)


def train_labelled(
    told: dict[str, Any],
    parts: tuple[Labelled, Labelled, Labelled],
    classes: int,
    units: str,
    steps: int,
    D: int,
    H: int,
    B: int,
    lr: float,
    dropout: float,
    cell: str,
    pooling: str,
    seed: int,
    device: str,
    every: int,
    run_dir: Any,
    progress: bool,
    forget: float = 0.0,
) -> tuple[float, Classifier, Vocabulary, Run]:
    """Return test accuracy, the model, its vocabulary, and the run, whose identity is `told`.

    The vocabulary is that of the training part; of words, those that occur twice. forget: the share of symbols that are
    shown as unknown while training. history holds "validation", the share of wrong labels; the best is kept.
    """
    check_sizes(classes=classes, D=D, H=H, B=B)
    rng = np.random.default_rng(seed)
    symbols = Vocabulary.of((s for text in parts[0][0] for s in cut(text, units)), [UNK], 2 if units == "words" else 1)
    seqs = [[symbols.encode(cut(text, units)) for text in part[0]] for part in parts]
    model = Classifier(len(symbols), classes, D, H, CELLS[cell], 1, True, pooling, dropout, start="orthogonal")
    params = on_device(model.init(rng, np.float32), device)
    labels, per_epoch = parts[0][1], -(-len(seqs[0]) // B)

    def train_step(params, step, rng, carry):
        epoch = np.random.default_rng([seed, step // per_epoch])
        which = length_batches([len(s) for s in seqs[0]], B, epoch)[step % per_epoch]
        ids, ends = pad_batch([seqs[0][k] for k in which])
        if forget:
            ids = np.where(rng.random(ids.shape) < forget, symbols.index[UNK], ids)
        total, count, grads = model.loss(params, *share(ids, labels[which], ends, rng))
        return StepResult(float(total), count, grads)

    run = fit(
        params,
        train_step,
        AdamW(cosine(lr, max(steps, 1), 0, lr / 50), decay=0.05),
        steps,
        rng,
        clip=5.0,
        every=every,
        keep_best=True,
        validate=lambda p: 1 - accuracy(model, p, seqs[1], parts[1][1]),
        run_dir=run_dir,
        progress=progress,
        identity=told,
    )
    return accuracy(model, run.best, seqs[2], parts[2][1]), model, symbols, run


def learn_own(task: str, options: Options, arguments: list[str], units: str, **sizes: Any) -> int:
    """Train on a tab-separated file of texts and labels, keep the model, tell the scores beside the largest class's.

    task: its name. options: those of the command line. arguments: those of the command line. units: "letters" or
    "words". sizes: of the model and its training.
    """
    by_label, labels = labelled(read_columns(options.data, ("text", "label")), options.data)
    parts = split(by_label, options.seed)
    asked = {**for_training(options, "cell"), "steps": options.steps, "units": units, "every": 50, **sizes}
    told = identity(task, {"parts": parts, **asked})
    value, model, symbols, run = train_labelled(told, parts, len(labels), **asked)
    if options.save:
        save_model(options.save, task, model, run.best, vocabulary=symbols, labels=labels, units=units)
    scores = {
        "accuracy, test": value,
        "share of the most frequent label, test": float(np.bincount(parts[2][1]).max() / len(parts[2][1])),
        "texts, test": len(parts[2][0]),
        "labels": len(labels),
    }
    return finish(task, options, arguments, run, scores)
