"""Translation: one network reads, another writes, with attention between them or without.

python -m rnncore.tasks.translate                       reversal with noise, beside its exact conditional entropy
python -m rnncore.tasks.translate --data multi30k       German to English; BLEU on the 2016 test set, lower-cased
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from rnncore.cells import CELLS
from rnncore.data import EOS, UNK, Vocabulary, length_batches, multi30k, pad_batch, shifted, too_good
from rnncore.data.sources import Reversal
from rnncore.models import Seq2Seq, beam
from rnncore.ops import check_sizes
from rnncore.tasks.command import BITS, finish, for_training, on_device, parser
from rnncore.train import Adam, Run, StepResult, cosine, fit, identity, share

__all__ = ["batch", "bleu", "main", "prepare", "score", "train_pairs", "train_source", "translate"]

Pairs = list[tuple[np.ndarray, np.ndarray]]


def batch(pairs: Pairs, which: np.ndarray, bos: int) -> tuple[Any, ...]:
    """Return src, lengths, inputs, targets, mask of the pairs chosen."""
    src, lengths = pad_batch([pairs[k][0] for k in which])
    return src, lengths, *shifted([pairs[k][1] for k in which], bos)


def train_pairs(
    model: Seq2Seq,
    train: Pairs,
    validation: Pairs,
    steps: int,
    B: int = 64,
    lr: float = 0.001,
    smoothing: float = 0.0,
    seed: int = 0,
    device: str = "cpu",
    every: int = 453,
    run_dir: Any = None,
    progress: bool = True,
) -> Run:
    """Train on pairs of id arrays, targets with EOS, in batches of like length; the learning rate falls to a fiftieth.

    history holds "validation", the mean loss in nats per target symbol; the parameters of the lowest are kept.
    """
    told = identity("translate", locals())
    check_sizes(B=B)
    rng = np.random.default_rng(seed)
    bos = model.targets - 1
    params = on_device(model.init(rng, np.float32), device)
    lengths = [100 * len(target) + len(source) for source, target in train]
    per_epoch = -(-len(train) // B)

    def train_step(params, step, rng, carry):
        epoch = np.random.default_rng([seed, step // per_epoch])  # so that a resumed run meets the same batches
        which = length_batches(lengths, B, epoch)[step % per_epoch]
        total, count, grads = model.loss(params, *share(*batch(train, which, bos), rng), smoothing=smoothing)
        return StepResult(float(total), count, grads)

    optimiser = Adam(lr=cosine(lr, max(steps, 1), 0, lr / 50))
    return fit(
        params,
        train_step,
        optimiser,
        steps,
        rng,
        clip=1.0,
        every=every,
        keep_best=True,
        run_dir=run_dir,
        progress=progress,
        identity=told,
        validate=lambda p: np.divide(*score(model, p, validation)),
    )


def score(model: Seq2Seq, params: dict, pairs: Pairs, B: int = 100) -> tuple[float, int]:
    """Return the sum of losses in nats, and the number of target symbols."""
    check_sizes(B=B)
    total, count = 0.0, 0
    for which in length_batches([len(source) for source, _ in pairs], B):
        piece, tokens = model.score(params, *batch(pairs, which, model.targets - 1))
        total, count = total + piece, count + tokens
    return total, count


def translate(
    model: Seq2Seq,
    params: dict,
    sources: list[np.ndarray],
    eos: int,
    k: int = 5,
    alpha: float = 1.0,
    T: int = 60,
    B: int = 50,
) -> list[np.ndarray]:
    """Return the best hypothesis of a beam of k for each source, without EOS; sources of like length are searched
    together.
    """
    check_sizes(k=k, T=T, B=B)
    found: list[np.ndarray] = [np.array([], int)] * len(sources)
    for which in length_batches([len(source) for source in sources], B):
        src, lengths = pad_batch([sources[j] for j in which])
        state, _ = model.encode(params, src, lengths)
        start = np.full(len(which), model.targets - 1)
        hypotheses = beam(lambda ids, state: model.step(params, ids, state), state, start, eos, k, alpha, T)
        for j, best in zip(which, hypotheses):
            found[j] = best[0].ids[best[0].ids != eos]
    return found


def prepare(limit: int | None = None) -> tuple[dict[str, Pairs], tuple[Vocabulary, Vocabulary], list[str]]:
    """Return Multi30k as numbers, the two vocabularies (training part, words that occur twice), the test references."""
    from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a  # on request only

    if limit is not None:
        check_sizes(limit=limit)
    cut = Tokenizer13a()
    text = {split: multi30k(split) for split in ("train", "val", "test_2016_flickr")}
    text["train"] = text["train"][:limit]
    words = {
        split: [tuple(cut(side.lower()).split() for side in pair) for pair in pairs] for split, pairs in text.items()
    }
    source = Vocabulary.of((w for de, _ in words["train"] for w in de), [UNK, EOS], 2)
    target = Vocabulary.of((w for _, en in words["train"] for w in en), [UNK, EOS], 2)
    pairs = {
        split: [(source.encode([*de, EOS]), target.encode([*en, EOS])) for de, en in split_words]
        for split, split_words in words.items()
    }
    return pairs, (source, target), [english for _, english in text["test_2016_flickr"]]


def bleu(hypotheses: list[str], references: list[str]) -> tuple[float, str]:
    """Return sacrebleu's corpus score, 0 to 100, lower-cased, and its signature."""
    from sacrebleu.metrics.bleu import BLEU  # on request only

    metric = BLEU(lowercase=True)
    result = metric.corpus_score(hypotheses, [references])
    return result.score, str(metric.get_signature())


def train_source(
    source: Reversal,
    steps: int = 1500,
    B: int = 64,
    seed: int = 0,
    attention: str | None = "dot",
    cell: str = "gru",
    device: str = "cpu",
    run_dir: Any = None,
    progress: bool = True,
) -> tuple[dict[str, Any], Run]:
    """Train on fresh pairs; score the model and the source on the same pairs, drawn after training."""
    told = identity("translate", locals())
    check_sizes(B=B)
    model = Seq2Seq(source.symbols, source.symbols + 1, 24, 48, CELLS[cell], attention=attention)
    rng = np.random.default_rng(seed)
    params = on_device(model.init(rng), device)
    bos = source.symbols

    def train_step(params, step, rng, carry):
        pairs = list(zip(*source.sample(B, rng)))
        total, count, grads = model.loss(params, *share(*batch(pairs, np.arange(B), bos)))
        return StepResult(float(total), count, grads)

    optimiser = Adam(lr=cosine(0.006, max(steps, 1), 0, 0.0001))
    run = fit(params, train_step, optimiser, steps, rng, clip=1.0, run_dir=run_dir, progress=progress, identity=told)
    sources, targets = source.sample(1000, np.random.default_rng([seed, 1]))
    total, _ = score(model, run.params, list(zip(sources, targets)))
    logp = float(np.sum(source.logprob(targets, sources)))
    return {
        "model, bits per sentence": total / 1000 * BITS,
        "the source's own score": -logp / 1000 * BITS,
        "conditional entropy": source.conditional_entropy(),
        "above the source": (total + logp) / 1000 * BITS,
        "'too good' alarm": "RINGS: look for a leak" if too_good(-total, logp) else "silent",
    }, run


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parse = parser("translate", __doc__, "1500 for the source, 6795 for multi30k: 15 passes")
    parse.add_argument("--data", choices=["multi30k"], help="real sentences instead of the source")
    parse.add_argument("--cell", choices=sorted(CELLS), default="gru")
    parse.add_argument("--attention", choices=["none", "dot", "additive"], default="dot")
    parse.add_argument("--hidden", type=int, default=256, help="of real sentences: units H")
    parse.add_argument("--embedding", type=int, default=256, help="of real sentences: D")
    parse.add_argument("--dropout", type=float, default=0.4, help="of real sentences")
    parse.add_argument("--smoothing", type=float, default=0.1, help="of real sentences: label smoothing")
    parse.add_argument("--lr", type=float, default=0.001, help="of real sentences: highest learning rate")
    parse.add_argument("--beam", type=int, default=5)
    parse.add_argument("--limit", type=int, help="of real sentences: train on the first so many only")
    options = parse.parse_args(arguments)
    attention = None if options.attention == "none" else options.attention
    common = for_training(options)
    if not options.data:
        scores, run = train_source(Reversal(), options.steps or 1500, attention=attention, cell=options.cell, **common)
        return finish("translate", options, arguments, run, scores)

    pairs, (source, target), references = prepare(options.limit)
    sizes = (len(source), len(target) + 1, options.embedding, options.hidden)
    model = Seq2Seq(*sizes, CELLS[options.cell], attention=attention, dropout=options.dropout, tied=True)
    run = train_pairs(
        model, pairs["train"], pairs["val"], options.steps or 6795, lr=options.lr, smoothing=options.smoothing, **common
    )
    test = pairs["test_2016_flickr"]
    found = translate(model, run.best, [de for de, _ in test], target.index[EOS], options.beam)
    hypotheses = [target.decode(ids, " ") for ids in found]
    value, signature = bleu(hypotheses, references)
    for (de, _), hypothesis in list(zip(test, hypotheses))[:5]:
        print(f"{source.decode(de[:-1], ' ')}\n  -> {hypothesis}")
    total, count = score(model, run.best, test)
    scores = {
        "BLEU, test_2016_flickr": value,
        "signature": signature,
        "validation, nats per token": run.lowest(),
        "test, nats per token": total / count,
        "test, perplexity": float(np.exp(total / count)),
    }
    return finish("translate", options, arguments, run, scores)


if __name__ == "__main__":
    raise SystemExit(main())
