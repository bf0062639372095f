"""Tagging: the part of speech of every word, read from both ends.

python -m rnncore.tasks.tagging                             a hidden Markov source, beside its exact best tagger
python -m rnncore.tasks.tagging --data ud-english-ewt       universal parts of speech, test accuracy
python -m rnncore.tasks.tagging --data my.conllu --save my.npz     your own treebank
python -m rnncore tag my.npz "a sentence"                          and the model tags others

Of your own sentences the first 80 % are for training, the next 10 % for validation, the last 10 % for the test. A word
that occurs once in the training part, or not at all, is known by its letters alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rnncore import ops
from rnncore.cells import CELLS
from rnncore.data import UNK, Vocabulary, length_batches, pad_batch, ud_english_ewt
from rnncore.data.files import in_parts, read_conllu
from rnncore.data.sources import TAGGED, TaggedSource
from rnncore.models import Tagger
from rnncore.ops import check_sizes
from rnncore.tasks.command import BITS, finish, for_training, on_device
from rnncore.tasks.options import CORPUS, FILE, SOURCE, Command, answering, load, whole
from rnncore.tasks.saved import save_model
from rnncore.train import Adam, Run, StepResult, cosine, fit, identity, share

__all__ = ["Corpus", "accuracy", "main", "train_source", "train_treebank"]

Sentences = list[list[tuple[str, str]]]


class Corpus:
    """Sentences as numbers. The vocabularies of words (seen twice), letters and tags are those of the training part."""

    def __init__(self, train: Sentences) -> None:
        self.words = Vocabulary.of((word.lower() for s in train for word, _ in s), [UNK], 2)
        self.letters = Vocabulary.of((letter for s in train for word, _ in s for letter in word), [UNK])
        self.tags = Vocabulary.of(tag for s in train for _, tag in s)

    @classmethod
    def kept(cls, words: Vocabulary, letters: Vocabulary, tags: Vocabulary) -> Corpus:
        """Return the corpus of a model that was kept, by its vocabularies."""
        made = cls([])
        made.words, made.letters, made.tags = words, letters, tags
        return made

    def batch(
        self, sentences: Sentences, forget: float = 0.0, rng: np.random.Generator | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Return ids, tags, lengths and spelling for `Tagger`.

        forget: share of words shown as unknown, while training.
        sentences: lists of words. rng: draws.
        """
        ids, lengths = pad_batch([self.words.encode(word.lower() for word, _ in s) for s in sentences])
        if rng is not None and forget:
            ids = np.where(rng.random(ids.shape) < forget, self.words.index[UNK], ids)
        unseen = len(self.tags)  # a tag that the training part lacks is never guessed
        tags, _ = pad_batch([np.array([self.tags.index.get(tag, unseen) for _, tag in s], int) for s in sentences])
        forms = sorted({word for s in sentences for word, _ in s})
        letters, ends = pad_batch([self.letters.encode(form) for form in forms])
        number = {form: k for k, form in enumerate(forms)}
        which, _ = pad_batch([np.array([number[word] for word, _ in s]) for s in sentences])
        return ids, tags, lengths, (letters, ends, which)


def accuracy(model: Tagger, params: dict, corpus: Corpus, sentences: Sentences, B: int = 128) -> tuple[int, int]:
    """Return how many words have the right tag, and how many there are.

    model: a model of `rnncore.models`. params: parameters by name. corpus: its vocabularies. sentences: lists of words.
    B: sequences a batch.
    """
    check_sizes(B=B)
    right, total = 0, 0
    for which in length_batches([len(s) for s in sentences], B):
        ids, tags, lengths, spelling = corpus.batch([sentences[k] for k in which])
        scores, _ = model.forward(params, ids, lengths, spelling)
        valid = np.arange(len(ids))[:, None] < lengths
        right += int((ops.to_numpy(scores).argmax(axis=-1) == tags)[valid].sum())
        total += int(valid.sum())
    return right, total


def train_treebank(
    train: Sentences,
    dev: Sentences,
    steps: int,
    B: int = 32,
    D: int = 128,
    H: int = 192,
    dropout: float = 0.5,
    forget: float = 0.1,
    lr: float = 0.002,
    cell: str = "lstm",
    layers: int = 1,
    seed: int = 0,
    device: str = "cpu",
    every: int = 392,
    run_dir: Any = None,
    progress: bool = True,
) -> tuple[Tagger, Corpus, Run]:
    """Train on a treebank. history holds "validation", the share of wrong tags on dev; the best parameters are kept."""
    told = identity("tagging", locals())
    check_sizes(B=B, D=D, H=H, layers=layers)
    rng = np.random.default_rng(seed)
    corpus = Corpus(train)
    words, tags, letters = len(corpus.words), len(corpus.tags), len(corpus.letters)
    model = Tagger(words, tags, D, H, letters, 32, 64, CELLS[cell], layers, dropout=dropout, start="orthogonal")
    params = on_device(model.init(rng, np.float32), device)
    lengths, per_epoch = [len(s) for s in train], -(-len(train) // B)

    def train_step(params, step, rng, carry):
        epoch = np.random.default_rng([seed, step // per_epoch])
        which = length_batches(lengths, B, epoch)[step % per_epoch]
        ids, tags, ends, (letters, spelt, place) = corpus.batch([train[k] for k in which], forget, rng)
        ids, tags, ends, place, draw = share(ids, tags, ends, place, rng)
        forms, place = np.unique(place, return_inverse=True)  # the words of this process's sentences
        total, count, grads = model.loss(params, ids, tags, ends, (letters[:, forms], spelt[forms], place), draw)
        return StepResult(float(total), count, grads)

    def validate(params):
        right, total = accuracy(model, params, corpus, dev)
        return 1 - right / total

    run = fit(
        params,
        train_step,
        Adam(lr=cosine(lr, max(steps, 1), 0, lr / 50)),
        steps,
        rng,
        clip=5.0,
        every=every,
        validate=validate,
        keep_best=True,
        run_dir=run_dir,
        progress=progress,
        identity=told,
    )
    return model, corpus, run


def train_source(
    source: TaggedSource,
    steps: int = 600,
    T: int = 20,
    B: int = 64,
    seed: int = 0,
    cell: str = "gru",
    bidirectional: bool = True,
    device: str = "cpu",
    run_dir: Any = None,
    progress: bool = True,
) -> tuple[dict[str, Any], Run]:
    """Train on fresh strings; compare tags on held-out strings with those of the exact posterior.

    source: what is learned from. steps: updates in all. T: steps. B: sequences a batch. seed: of all that is drawn.
    cell: a name in `rnncore.cells.CELLS`. bidirectional: read from both ends. device: "cpu", "torch" or "cuda".
    run_dir: folder of checkpoints, or None. progress: show a bar.
    """
    told = identity("tagging", locals())
    check_sizes(T=T, B=B)
    rng = np.random.default_rng(seed)
    model = Tagger(source.B.shape[1], len(source.pi), 16, 32, cell=CELLS[cell], bidirectional=bidirectional)
    params = on_device(model.init(rng), device)

    def train_step(params, step, rng, carry):
        words, tags = source.sample(T, B, rng)
        total, count, grads = model.loss(params, *share(words, tags, np.full(B, T)))
        return StepResult(float(total), count, grads)

    optimiser = Adam(lr=cosine(0.01, max(steps, 1), 0, 0.0001))
    run = fit(params, train_step, optimiser, steps, rng, clip=5.0, run_dir=run_dir, progress=progress, identity=told)
    words, tags = source.sample(T, 2000, np.random.default_rng([seed, 1]))
    scores, _ = model.forward(run.params, words, np.full(2000, T))
    posterior = source.posterior(words)
    logits = ops.to_numpy(scores)
    logq = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    divergence = (posterior * (np.log(posterior + 1e-300) - logq)).sum(axis=-1).mean() * BITS
    return {
        "accuracy of the model": float((logits.argmax(axis=-1) == tags).mean()),
        "accuracy of the exact tagger, same words": float((posterior.argmax(axis=-1) == tags).mean()),
        "mean divergence from it, bits per word": float(divergence),
    }, run


@answering("python -m rnncore.tasks.tagging")
def main(arguments: list[str]) -> int:
    """Run the command line.

    arguments: those of the command line.
    """
    steps, real = {SOURCE: 600, CORPUS: "3920, 10 passes,", FILE: 1000}, (CORPUS, FILE)
    parse = Command(
        "tagging", __doc__, steps, ["ud-english-ewt"], "a treebank in CoNLL-U, or a folder of .conllu files"
    )
    parse.option("--cell", choices=sorted(CELLS), default="lstm")
    parse.option("--hidden", of=real, type=whole(), default={CORPUS: 192, FILE: 96}, help="units H each way")
    parse.option("--layers", of=real, type=whole(), default=1)
    parse.option("--one-way", of=[SOURCE], action="store_true", default=False, help="read from the left only")
    options = parse.read(arguments)
    common = for_training(options, "cell")
    if options.kind == SOURCE:
        scores, run = train_source(TAGGED, options.steps, bidirectional=not options.one_way, **common)
        return finish("tagging", options, arguments, run, scores)
    if options.kind == FILE:
        splits = dict(zip(("train", "dev", "test"), in_parts(read_conllu(options.data), options.data, "sentences")))
        common["every"] = 50
    else:
        splits = {split: load(options.data, ud_english_ewt, split) for split in ("train", "dev", "test")}
    model, corpus, run = train_treebank(
        splits["train"], splits["dev"], options.steps, H=options.hidden, layers=options.layers, **common
    )
    if options.save:
        kept = {"words": corpus.words, "letters": corpus.letters, "tags": corpus.tags}
        save_model(options.save, "tagging", model, run.best, **kept)
    right, total = accuracy(model, run.best, corpus, splits["test"])
    scores = {"UPOS accuracy, test": right / total, "words": total, "UPOS accuracy, dev": 1 - run.lowest()}
    return finish("tagging", options, arguments, run, scores)


if __name__ == "__main__":
    raise SystemExit(main())
