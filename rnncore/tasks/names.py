"""Classification letter by letter: which language does a family name come from?

python -m rnncore.tasks.names                    two built-in languages, told apart by their letters' order alone
python -m rnncore.tasks.names --data names       18 languages, beside an n-gram model of each
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from rnncore import ops
from rnncore.cells import CELLS
from rnncore.data import EOS, NGram, Vocabulary, length_batches, names, pad_batch
from rnncore.data.sources import STRONG, Tunes
from rnncore.models import Classifier
from rnncore.ops import check_sizes
from rnncore.tasks.command import finish, for_training, on_device, parser
from rnncore.tasks.polarity import accuracy
from rnncore.train import AdamW, Run, StepResult, cosine, fit, identity, share

__all__ = ["main", "ngram_accuracy", "split", "train", "train_source"]

Labelled = tuple[list[str], np.ndarray]


def split(by_language: dict[str, list[str]], seed: int) -> tuple[Labelled, Labelled, Labelled]:
    """Split the names for training, validation and test: 80, 10 and 10 % of each language."""
    rng, parts = np.random.default_rng(seed), ([], [], [])
    for label, written in enumerate(by_language.values()):
        order = rng.permutation(len(written))
        for part, chosen in zip(parts, np.split(order, [len(order) * 8 // 10, len(order) * 9 // 10])):
            part.extend((written[k], label) for k in chosen)
    return tuple(([name for name, _ in part], np.array([label for _, label in part])) for part in parts)  # type: ignore


def ngram_accuracy(train: Labelled, test: Labelled, order: int, languages: int) -> float:
    """Score the baseline: an n-gram model of each language's letters, with EOS, times the language's share of the
    names.
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
    """Return test accuracy, and the run. history holds "validation", the share of wrong labels; the best is kept."""
    told = identity("names", locals())
    check_sizes(languages=languages, D=D, H=H, B=B)
    rng = np.random.default_rng(seed)
    letters = Vocabulary.of("".join(parts[0][0]), ["<unk>"])
    seqs = [[letters.encode(name) for name in part[0]] for part in parts]
    model = Classifier(len(letters), languages, D, H, CELLS[cell], 1, True, pooling, dropout, start="orthogonal")
    params = on_device(model.init(rng, np.float32), device)
    labels, per_epoch = parts[0][1], -(-len(seqs[0]) // B)

    def train_step(params, step, rng, carry):
        epoch = np.random.default_rng([seed, step // per_epoch])
        which = length_batches([len(s) for s in seqs[0]], B, epoch)[step % per_epoch]
        ids, ends = pad_batch([seqs[0][k] for k in which])
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
    return accuracy(model, run.best, seqs[2], parts[2][1]), run


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
    """Tell the source's genres apart; compare with the exact posterior on the same strings."""
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


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parse = parser("names", __doc__, "400 for the source, 5000 for the names")
    parse.add_argument("--data", choices=["names"], help="real names instead of the source")
    parse.add_argument("--cell", choices=sorted(CELLS), default="lstm")
    options = parse.parse_args(arguments)
    common = for_training(options, "cell")
    if not options.data:
        scores, run = train_source(STRONG, options.steps or 400, **common)
        return finish("names", options, arguments, run, scores)
    by_language = names()
    parts = split(by_language, options.seed)
    value, run = train(parts, len(by_language), options.steps or 5000, **common)
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
