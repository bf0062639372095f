"""Translation: one network reads, another writes, with attention between them or without.

python -m rnncore.tasks.translate                       reversal with noise, beside its exact conditional entropy
python -m rnncore.tasks.translate --data multi30k       German to English; BLEU on the 2016 test set, lower-cased
python -m rnncore.tasks.translate --data my.tsv --save my.npz           your own lines, `source TAB target`
python -m rnncore.tasks.translate --data my.de --target my.en           or two files, line by line
python -m rnncore translate my.npz "a sentence"                         and the model translates others

Of your own pairs the first 80 % are for training, the next 10 % for validation, the last 10 % for the test. Words are
lower-cased and cut at white space and punctuation; one that occurs once in the training part, or not at all, is the
unknown one. Text without spaces must be cut into words beforehand.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rnncore.cells import CELLS
from rnncore.data import EOS, UNK, Vocabulary, length_batches, multi30k, pad_batch, shifted, too_good
from rnncore.data.files import in_parts, read_columns, read_parallel
from rnncore.data.sources import Reversal
from rnncore.models import Seq2Seq, beam
from rnncore.ops import check_sizes
from rnncore.tasks.command import BITS, finish, for_training, on_device
from rnncore.tasks.options import (
    CORPUS,
    FILE,
    SOURCE,
    Command,
    Options,
    answering,
    below_one,
    load,
    place,
    positive,
    whole,
)
from rnncore.tasks.saved import save_model
from rnncore.train import Adam, Run, StepResult, cosine, fit, identity, share

__all__ = [
    "batch",
    "bleu",
    "main",
    "own_pairs",
    "prepare",
    "score",
    "train_pairs",
    "train_source",
    "translate",
    "words_of",
]

Pairs = list[tuple[np.ndarray, np.ndarray]]


def batch(pairs: Pairs, which: np.ndarray, bos: int) -> tuple[Any, ...]:
    """Return src, lengths, inputs, targets, mask of the pairs chosen.

    which: indices of pairs. bos: number of the symbol that is read first.
    """
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
    model: a model of `rnncore.models`. train: the training part. steps: updates in all. B: sequences a batch. lr:
    highest learning rate. smoothing: of labels. seed: of all that is drawn. device: "cpu", "torch" or "cuda". every:
    steps between entries of the history. run_dir: folder of checkpoints, or None. progress: show a bar.
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
    """Return the sum of losses in nats, and the number of target symbols.

    model: a model of `rnncore.models`. params: parameters by name. pairs: (source, target) of numbers. B: sequences a
    batch.
    """
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

    model: a model of `rnncore.models`. params: parameters by name. eos: number of the symbol that ends a string. alpha:
    as in `beam`. T: steps. B: sequences a batch.
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


def words_of(text: str) -> list[str]:
    """Return the words of a sentence, lower-cased, as sacrebleu's tokenizer 13a cuts them.

    text: what is read.
    """
    from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a  # on request only

    return Tokenizer13a()(text.lower()).split()


def prepare(
    text: dict[str, list[tuple[str, str]]], limit: int | None = None
) -> tuple[dict[str, Pairs], tuple[Vocabulary, Vocabulary], list[str]]:
    """Return pairs as numbers, the two vocabularies (training part, words that occur twice), the test references.

    text: pairs of sentences for training, for validation and for the test, in this order, by the names of the parts.
    limit: train on the first so many only.
    """
    if limit is not None:
        check_sizes(limit=limit)
    first, *_, last = text
    text = {**text, first: text[first][:limit]}
    words = {split: [tuple(words_of(side) for side in pair) for pair in pairs] for split, pairs in text.items()}
    source = Vocabulary.of((w for de, _ in words[first] for w in de), [UNK, EOS], 2)
    target = Vocabulary.of((w for _, en in words[first] for w in en), [UNK, EOS], 2)
    pairs = {
        split: [(source.encode([*de, EOS]), target.encode([*en, EOS])) for de, en in split_words]
        for split, split_words in words.items()
    }
    return pairs, (source, target), [english for _, english in text[last]]


def own_pairs(options: Options) -> dict[str, list[tuple[str, str]]]:
    """Return the reader's own pairs in three parts, from one tab-separated file or from two parallel ones.

    options: those of the command line.
    """
    if options.target:
        rows = read_parallel(options.data, options.target)
    else:
        rows = read_columns(options.data, ("source", "target"))
    return dict(zip(("train", "val", "test"), in_parts(rows, options.data, "pairs")))  # type: ignore[arg-type]


def bleu(hypotheses: list[str], references: list[str]) -> tuple[float, str]:
    """Return sacrebleu's corpus score, 0 to 100, lower-cased, and its signature.

    hypotheses, references: one of each for every sentence, in one order. Raises ValueError when their numbers differ,
    or are 0: sacrebleu would leave out what has no partner.
    """
    if len(hypotheses) != len(references) or not hypotheses:
        raise ValueError(f"references: got {len(references)}, expected one for each of {len(hypotheses)} hypotheses")
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
    """Train on fresh pairs; score the model and the source on the same pairs, drawn after training.

    steps: updates in all. B: sequences a batch. seed: of all that is drawn. attention: "dot", "additive" or None. cell:
    a name in `rnncore.cells.CELLS`. device: "cpu", "torch" or "cuda". run_dir: folder of checkpoints, or None.
    progress: show a bar.
    """
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


@answering("python -m rnncore.tasks.translate")
def main(arguments: list[str]) -> int:
    """Run the command line.

    arguments: those of the command line.
    """
    steps, real = {SOURCE: 1500, CORPUS: "6795, 15 passes,", FILE: 2000}, (CORPUS, FILE)
    parse = Command("translate", __doc__, steps, ["multi30k"], "a file of lines `source TAB target`, or with --target")
    parse.option("--target", of=[FILE], type=place, help="the translations, line by line, of the lines of --data")
    parse.option("--cell", choices=sorted(CELLS), default="gru")
    parse.option("--attention", choices=["none", "dot", "additive"], default="dot")
    parse.option("--hidden", of=real, type=whole(), default=256, help="units H")
    parse.option("--embedding", of=real, type=whole(), default=256, help="size D")
    parse.option("--dropout", of=real, type=below_one, default=0.4)
    parse.option("--smoothing", of=real, type=below_one, default=0.1, help="label smoothing")
    parse.option("--lr", of=real, type=positive, default=0.001, help="highest learning rate")
    parse.option("--beam", of=real, type=whole(), default=5)
    parse.option("--limit", of=[CORPUS], type=whole(), help="train on the first so many only")
    options = parse.read(arguments)
    attention = None if options.attention == "none" else options.attention
    common = for_training(options)
    if options.kind == SOURCE:
        scores, run = train_source(Reversal(), options.steps, attention=attention, cell=options.cell, **common)
        return finish("translate", options, arguments, run, scores)
    if options.kind == FILE:
        text, name, common["every"] = own_pairs(options), "test", 50
    else:
        splits = ("train", "val", "test_2016_flickr")
        text, name = {split: load(options.data, multi30k, split) for split in splits}, "test_2016_flickr"
    pairs, (source, target), references = prepare(text, options.limit)
    sizes = (len(source), len(target) + 1, options.embedding, options.hidden)
    model = Seq2Seq(*sizes, CELLS[options.cell], attention=attention, dropout=options.dropout, tied=True)
    run = train_pairs(
        model, pairs["train"], pairs["val"], options.steps, lr=options.lr, smoothing=options.smoothing, **common
    )
    if options.save:
        save_model(options.save, "translate", model, run.best, source=source, target=target)
    test = pairs[name]
    found = translate(model, run.best, [de for de, _ in test], target.index[EOS], options.beam)
    hypotheses = [target.decode(ids, " ") for ids in found]
    value, signature = bleu(hypotheses, references)
    for (de, _), hypothesis in list(zip(test, hypotheses))[:5]:
        print(f"{source.decode(de[:-1], ' ')}\n  -> {hypothesis}")
    total, count = score(model, run.best, test)
    scores = {
        f"BLEU, {name}": value,
        "signature": signature,
        "validation, nats per token": run.lowest(),
        "test, nats per token": total / count,
        "test, perplexity": float(np.exp(total / count)),
    }
    return finish("translate", options, arguments, run, scores)


if __name__ == "__main__":
    raise SystemExit(main())
