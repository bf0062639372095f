"""A language model of words, one sentence at a time, from BOS to EOS.

python -m rnncore.tasks.wordlm                      embedded Reber strings, beside their exact entropy
python -m rnncore.tasks.wordlm --data multi30k      English captions; perplexity per word, EOS included
python -m rnncore.tasks.wordlm --data my.txt --save my.npz     your own sentences, one a line
python -m rnncore generate my.npz --prompt "the first words"   and the model goes on

Of your own lines the first 80 % are for training, the next 10 % for validation, the last 10 % for the test. Words stand
between white space; one that occurs once in the training part, or not at all, is the unknown one, and is not written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from rnncore.cells import CELLS
from rnncore.data import EOS, UNK, Vocabulary, length_batches, multi30k, shifted, too_good
from rnncore.data.files import in_parts, read_lines
from rnncore.data.sources import EMBEDDED_REBER, Grammar
from rnncore.models import LanguageModel, stream, without
from rnncore.ops import check_sizes
from rnncore.tasks.command import BITS, finish, for_training, on_device
from rnncore.tasks.options import CORPUS, FILE, SOURCE, Command, answering, load, whole
from rnncore.tasks.saved import save_model
from rnncore.train import Adam, AdamW, Run, StepResult, cosine, fit, identity, share

__all__ = ["main", "score", "sentence", "train_sentences", "train_source"]


def score(model: LanguageModel, params: dict, strings: list[np.ndarray], B: int = 128) -> tuple[float, int]:
    """Return the sum of losses in nats over strings that end in EOS, and number of symbols.

    model: a model of `rnncore.models`. params: parameters by name. B: sequences a batch.
    """
    check_sizes(B=B)
    total, count = 0.0, 0
    for which in length_batches([len(s) for s in strings], B):
        inputs, targets, mask = shifted([strings[k] for k in which], model.inputs - 1)
        piece, tokens, _ = model.score(params, inputs, targets, None, mask)
        total, count = total + piece, count + tokens
    return total, count


def train_source(
    source: Grammar,
    steps: int = 800,
    H: int = 24,
    B: int = 64,
    seed: int = 0,
    cell: str = "lstm",
    device: str = "cpu",
    run_dir: Any = None,
    progress: bool = True,
) -> tuple[dict[str, Any], Run]:
    """Train on fresh strings; score the model and the source on the same strings, drawn after training.

    steps: updates in all. H: units. B: sequences a batch. seed: of all that is drawn. cell: a name in
    `rnncore.cells.CELLS`. device: "cpu", "torch" or "cuda". run_dir: folder of checkpoints, or None. progress: show a
    bar.
    """
    told = identity("wordlm", locals())
    check_sizes(H=H, B=B)
    rng = np.random.default_rng(seed)
    model = LanguageModel(source.symbols + 1, source.symbols, 12, H, CELLS[cell])
    params = on_device(model.init(rng), device)

    def train_step(params, step, rng, carry):
        inputs, targets, mask = share(*shifted(source.sample(B, rng), source.symbols))
        total, count, _, grads = model.loss(params, inputs, targets, None, mask)
        return StepResult(float(total), count, grads)

    optimiser = Adam(cosine(0.02, max(steps, 1), 0, 0.0002))
    run = fit(params, train_step, optimiser, steps, rng, clip=1.0, run_dir=run_dir, progress=progress, identity=told)
    strings = source.sample(2000, np.random.default_rng([seed, 1]))
    total, _ = score(model, run.params, strings)
    logp = float(np.sum(source.logprob(strings)))
    return {
        "model, bits per string": total / 2000 * BITS,
        "the source's own score": -logp / 2000 * BITS,
        "entropy": source.entropy(),
        "above the source": (total + logp) / 2000 * BITS,
        "'too good' alarm": "RINGS: look for a leak of the future" if too_good(-total, logp) else "silent",
    }, run


def train_sentences(
    train: list[list[str]],
    validation: list[list[str]],
    steps: int = 4530,
    D: int = 256,
    H: int = 256,
    B: int = 64,
    lr: float = 0.003,
    dropout: float = 0.4,
    cell: str = "lstm",
    seed: int = 0,
    device: str = "cpu",
    every: int = 453,
    run_dir: Any = None,
    progress: bool = True,
) -> tuple[LanguageModel, Vocabulary, Run]:
    """Train on sentences. history holds "validation" in nats per word; the best parameters are kept.

    train: the training part. steps: updates in all. D: size of an embedding. H: units. B: sequences a batch. lr:
    highest learning rate. dropout: its rate. cell: a name in `rnncore.cells.CELLS`. seed: of all that is drawn. device:
    "cpu", "torch" or "cuda". every: steps between entries of the history. run_dir: folder of checkpoints, or None.
    progress: show a bar.
    """
    told = identity("wordlm", locals())
    check_sizes(D=D, H=H, B=B)
    rng = np.random.default_rng(seed)
    words = Vocabulary.of((w for s in train for w in s), [UNK, EOS], 2)
    strings, held_out = ([words.encode([*s, EOS]) for s in part] for part in (train, validation))
    model = LanguageModel(len(words) + 1, len(words), D, H, CELLS[cell], dropout=dropout, tied=D == H)
    params = on_device(model.init(rng, np.float32), device)
    per_epoch = -(-len(train) // B)

    def train_step(params, step, rng, carry):
        epoch = np.random.default_rng([seed, step // per_epoch])
        which = length_batches([len(s) for s in strings], B, epoch)[step % per_epoch]
        inputs, targets, mask, draw = share(*shifted([strings[k] for k in which], model.inputs - 1), rng)
        total, count, _, grads = model.loss(params, inputs, targets, None, mask, draw)
        return StepResult(float(total), count, grads)

    run = fit(
        params,
        train_step,
        AdamW(cosine(lr, max(steps, 1), 0, lr / 50)),
        steps,
        rng,
        clip=1.0,
        every=every,
        keep_best=True,
        validate=lambda p: np.divide(*score(model, p, held_out)),
        run_dir=run_dir,
        progress=progress,
        identity=told,
    )
    return model, words, run


def sentence(
    model: LanguageModel,
    params: dict,
    vocabulary: Vocabulary,
    prompt: list[str],
    T: int,
    rng: np.random.Generator,
    temperature: float,
) -> Iterator[str]:
    """Give the words that go on from a prompt, each as soon as it is drawn, up to T or the end of the sentence.

    model: a model of `rnncore.models`. params: parameters by name. vocabulary: of the model. rng: draws. temperature:
    of the samples, 0 for the most probable.
    """
    start, eos = np.array([[len(vocabulary)], *vocabulary.encode(prompt)[:, None]]), vocabulary.index[EOS]
    step = without(vocabulary.index[UNK], model.stepper(params))
    for (drawn,) in stream(step, model.zero_state(params, 1), start, T, rng, temperature, eos=eos):
        if drawn != eos:
            yield vocabulary.symbols[int(drawn)]


@answering("python -m rnncore.tasks.wordlm")
def main(arguments: list[str]) -> int:
    """Run the command line.

    arguments: those of the command line.
    """
    steps, files = {SOURCE: 800, CORPUS: "4530, 10 passes,", FILE: 1000}, "a text file in UTF-8, one sentence a line"
    parse = Command("wordlm", __doc__, steps, ["multi30k"], files)
    parse.option("--cell", choices=sorted(CELLS), default="lstm")
    parse.option("--hidden", of=[FILE], type=whole(), default=256, help="units H, and the size of the embedding")
    options = parse.read(arguments)
    common = for_training(options, "cell")
    if options.kind == SOURCE:
        scores, run = train_source(EMBEDDED_REBER, options.steps, **common)
        return finish("wordlm", options, arguments, run, scores)
    if options.kind == FILE:
        lines = [line.split() for line in read_lines(options.data)]
        parts, common = in_parts(lines, options.data, "lines"), {**common, "every": 50}
        common |= {"D": options.hidden, "H": options.hidden}
    else:
        splits = ("train", "val", "test_2016_flickr")
        parts = [[en.lower().split() for _, en in load(options.data, multi30k, split)] for split in splits]
    model, words, run = train_sentences(parts[0], parts[1], options.steps, **common)
    if options.save:
        save_model(options.save, "wordlm", model, run.best, vocabulary=words)
    total, count = score(model, run.best, [words.encode([*s, EOS]) for s in parts[2]])
    rng = np.random.default_rng(options.seed)
    for _ in range(3):
        print(" ".join(sentence(model, run.best, words, [], 40, rng, 0.7)))
    scores = {
        "test, nats per word": total / count,
        "test, perplexity": float(np.exp(total / count)),
        "words": len(words),
    }
    return finish("wordlm", options, arguments, run, scores)


if __name__ == "__main__":
    raise SystemExit(main())
