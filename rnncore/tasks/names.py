"""Classification letter by letter: which language does a family name come from?

python -m rnncore.tasks.names                    two built-in languages, told apart by their letters' order alone
python -m rnncore.tasks.names --data names       18 languages, beside an n-gram model of each
python -m rnncore.tasks.names --data my.tsv --save my.npz     your own lines, `text TAB label`, letter by letter
python -m rnncore classify my.npz "a name"                    and the model labels others

Of your own lines 80 % of each label are for training, 10 % for validation, 10 % for the test. A letter that the
training part lacks is the unknown one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rnncore import ops
from rnncore.cells import CELLS
from rnncore.data import EOS, NGram, Vocabulary, names
from rnncore.data.sources import STRONG, Tunes
from rnncore.models import Classifier
from rnncore.ops import check_sizes
from rnncore.tasks.command import finish, for_training, on_device
from rnncore.tasks.labelled import TSV, Labelled, learn_own, split, train_labelled
from rnncore.tasks.options import CORPUS, FILE, SOURCE, Command, answering, load
from rnncore.train import AdamW, Run, StepResult, fit, identity, share
from rnncore.types import Refused

__all__ = ["main", "ngram_accuracy", "split", "train", "train_source"]


def ngram_accuracy(train: Labelled, test: Labelled, order: int, languages: int) -> float:
    """Score the baseline: an n-gram model of each language's letters, with EOS, times the language's share of the
    names.

    train: the training part. test: the test part. order: of the n-grams. languages: number of labels.
    """
    check_sizes(order=order, languages=languages)
    letters = Vocabulary.of("".join(train[0]), [EOS, "?"])
    encode = lambda name: [letters.index.get(c, 1) for c in name] + [0]  # noqa: E731
    models = [
        NGram(order, len(letters)).fit(encode(n) for n, k in zip(*train) if k == label) for label in range(languages)
    ]
    prior = np.log(np.bincount(train[1], minlength=languages) / len(train[1]))
    guesses = [np.argmax([model.logprob(encode(name)) for model in models] + prior) for name in test[0]]
    return float(np.mean(np.array(guesses) == test[1]))


def train(
    parts: tuple[Labelled, Labelled, Labelled],
    languages: int,
    steps: int = 5000,
    D: int = 48,
    H: int = 192,
    B: int = 64,
    lr: float = 0.004,
    dropout: float = 0.3,
    cell: str = "lstm",
    pooling: str = "max",
    seed: int = 0,
    device: str = "cpu",
    every: int = 250,
    run_dir: Any = None,
    progress: bool = True,
) -> tuple[float, Run]:
    """Return test accuracy, and the run. history holds "validation", the share of wrong labels; the best is kept.

    parts: for training, validation and test. languages: number of labels. steps: updates in all. D: size of an
    embedding. H: units. B: sequences a batch. lr: highest learning rate. dropout: its rate. cell: a name in
    `rnncore.cells.CELLS`. pooling: one of `rnncore.models.classifier.POOLINGS`. seed: of all that is drawn. device:
    "cpu", "torch" or "cuda". every: steps between entries of the history. run_dir: folder of checkpoints, or None.
    progress: show a bar.
    """
    told = identity("names", locals())
    check_sizes(languages=languages)
    sizes = {"D": D, "H": H, "B": B, "lr": lr, "dropout": dropout, "every": every, "pooling": pooling}
    where = {"device": device, "run_dir": run_dir, "progress": progress}
    value, _, _, run = train_labelled(told, parts, languages, "letters", steps, cell=cell, seed=seed, **sizes, **where)
    return value, run


def train_source(
    source: Tunes,
    steps: int = 400,
    T: int = 12,
    B: int = 64,
    seed: int = 0,
    cell: str = "gru",
    device: str = "cpu",
    run_dir: Any = None,
    progress: bool = True,
) -> tuple[dict[str, Any], Run]:
    """Tell the source's genres apart; compare with the exact posterior on the same strings.

    steps: updates in all. T: steps. B: sequences a batch. seed: of all that is drawn. cell: a name in
    `rnncore.cells.CELLS`. device: "cpu", "torch" or "cuda". run_dir: folder of checkpoints, or None. progress: show a
    bar.
    """
    told = identity("names", locals())
    check_sizes(T=T, B=B)
    rng = np.random.default_rng(seed)
    genres, symbols = source.start.shape
    model = Classifier(symbols, genres, 8, 16, CELLS[cell])
    params = on_device(model.init(rng), device)

    def train_step(params, step, rng, carry):
        strings, labels = source.sample(T, B, rng)
        total, count, grads = model.loss(params, *share(strings, labels))
        return StepResult(float(total), count, grads)

    run = fit(params, train_step, AdamW(0.01), steps, rng, clip=5.0, run_dir=run_dir, progress=progress, identity=told)
    strings, labels = source.sample(T, 4000, np.random.default_rng([seed, 1]))
    scores, _ = model.forward(run.params, strings)
    each = [source.logprob(strings, np.full(4000, g)) + np.log(source.prior[g]) for g in range(genres)]
    return {
        "accuracy of the model": float((ops.to_numpy(scores).argmax(axis=-1) == labels).mean()),
        "accuracy of the exact posterior": float((np.argmax(each, axis=0) == labels).mean()),
    }, run


@answering("python -m rnncore.tasks.names")
def main(arguments: list[str]) -> int:
    """Run the command line.

    arguments: those of the command line.
    """
    steps = {SOURCE: 400, CORPUS: 5000, FILE: 1000}
    parse = Command("names", __doc__, steps, ["names"], TSV)
    parse.option("--cell", choices=sorted(CELLS), default="lstm")
    options = parse.read(arguments)
    if options.kind == FILE:
        sizes = {"D": 48, "H": 128, "B": 64, "lr": 0.004, "dropout": 0.3, "pooling": "max"}
        return learn_own("names", options, arguments, "letters", forget=0.01, **sizes)
    common = for_training(options, "cell")
    if options.kind == SOURCE:
        scores, run = train_source(STRONG, options.steps, **common)
        return finish("names", options, arguments, run, scores)
    if options.save:
        raise Refused("argument --save: of names, a model is kept of a file of your own only")
    by_language = load(options.data, names)
    parts = split(by_language, options.seed)
    value, run = train(parts, len(by_language), options.steps, **common)
    by_order = {n: ngram_accuracy(parts[0], parts[1], n, len(by_language)) for n in range(2, 6)}
    best = max(by_order, key=lambda n: by_order[n])
    by_ngrams = ngram_accuracy(parts[0], parts[2], best, len(by_language))
    scores = {
        "accuracy, test": value,
        f"accuracy of {best}-grams, order chosen on validation, test": by_ngrams,
        "names, test": len(parts[2][0]),
    }
    return finish("names", options, arguments, run, scores)


if __name__ == "__main__":
    raise SystemExit(main())
