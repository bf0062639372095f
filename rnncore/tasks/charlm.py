"""A character language model: on a source whose entropy is known, or on real text.

python -m rnncore.tasks.charlm                              the even process, beside its exact score
python -m rnncore.tasks.charlm --data tiny-shakespeare      real text, validated on its last 10 %
python -m rnncore.tasks.charlm --data my.txt --save my.npz  your own text, in any script
python -m rnncore generate my.npz --prompt "Once"           and the model goes on writing

Of your own text the last 10 % are for validation, or --validation FILE. Characters that occur only once in the
training part, and those that it lacks, are one symbol, the unknown one; it is read, and never written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rnncore.cells import CELLS
from rnncore.data import SOURCES, UNK, Source, Vocabulary, lm_batches, tiny_shakespeare, too_good
from rnncore.data.files import read_text
from rnncore.models import LanguageModel, stream, without
from rnncore.ops import check_sizes
from rnncore.tasks.command import BITS, finish, for_training, on_device
from rnncore.tasks.options import (
    CORPUS,
    FILE,
    SOURCE,
    Command,
    Options,
    answering,
    at_least_zero,
    below_one,
    load,
    place,
    positive,
    whole,
)
from rnncore.tasks.saved import save_model
from rnncore.train import Adam, AdamW, Run, StepResult, cosine, fit, identity, share
from rnncore.types import Refused

__all__ = [
    "TEXTS",
    "Result",
    "characters",
    "generate",
    "learn_source",
    "learn_text",
    "main",
    "own_text",
    "train_source",
    "train_text",
]

TEXTS = {"tiny-shakespeare": tiny_shakespeare}
"""Functions that return a text for training and one for validation, by the names that `--data` takes."""
NAMES = 0x110000
"""How many characters Unicode has room for: a character that the model does not know must be named among them."""


@dataclass(frozen=True)
class Result:
    """What a source's run ends with, in bits per symbol on held-out strings: the model's score, the source's own."""

    model: float
    source: float
    alarm: bool
    run: Run


def train_source(
    source: Source,
    steps: int = 1200,
    H: int = 24,
    T: int = 64,
    B: int = 32,
    seed: int = 0,
    lr: float = 0.01,
    cell: str = "rnn",
    device: str = "cpu",
    run_dir: Path | None = None,
    progress: bool = True,
) -> Result:
    """Train on fresh strings of a source; score the model and the source on the same strings, drawn after training.

    Each string is read after a BOS symbol and has a fixed length, so no EOS is scored.
    steps: updates in all. H: units. T: steps. B: sequences a batch. seed: of all that is drawn. lr: highest learning
    rate. cell: a name in `rnncore.cells.CELLS`. device: "cpu", "torch" or "cuda". run_dir: folder of checkpoints, or
    None. progress: show a bar.
    """
    told = identity("charlm", locals())
    check_sizes(H=H, T=T, B=B)
    rng = np.random.default_rng(seed)
    model = LanguageModel(inputs=source.symbols + 1, K=source.symbols, D=8, H=H, cell=CELLS[cell])
    params = on_device(model.init(rng), device)

    def shifted(strings: np.ndarray) -> np.ndarray:
        return np.vstack([np.full((1, strings.shape[1]), source.symbols), strings[:-1]])

    def train_step(params, step, rng, carry):
        strings = source.sample(T, B, rng)
        total, count, _, grads = model.loss(params, *share(shifted(strings), strings))
        return StepResult(float(total), count, grads)

    optimiser = Adam(lr=lr)
    run = fit(params, train_step, optimiser, steps, rng, clip=1.0, run_dir=run_dir, progress=progress, identity=told)
    held_out = source.sample(T, 1000, np.random.default_rng([seed, 1]))
    total, count, _ = model.score(run.params, shifted(held_out), held_out)
    logp = float(source.logprob(held_out).sum())
    return Result(total / count * BITS, -logp / count * BITS, too_good(-total, logp), run)


def train_text(
    train: str,
    validation: str,
    steps: int = 2000,
    H: int = 256,
    T: int = 64,
    B: int = 32,
    seed: int = 0,
    lr: float = 0.002,
    cell: str = "rnn",
    layers: int = 1,
    dropout: float = 0.0,
    start: str = "uniform",
    decay: float = 0.0,
    device: str = "cpu",
    run_dir: Path | None = None,
    progress: bool = True,
    every: int = 100,
    rare: int = 1,
) -> tuple[LanguageModel, Vocabulary, Run]:
    """Train on one long text by truncated BPTT: the state is carried from piece to piece, the gradient is not.

    The learning rate falls along half a cosine, to a hundredth. history holds "validation", the mean loss in nats per
    character on the validation text; the parameters of the lowest are kept. Characters that occur fewer than `rare`
    times in `train`, and those that only the validation text has, are one unknown symbol.
    Raises Refused for a text that is too short.
    """
    told = identity("charlm", locals())
    check_sizes(H=H, T=T, B=B, layers=layers, rare=rare)
    rng = np.random.default_rng(seed)
    vocabulary = _vocabulary(train, validation, rare, B)
    pieces = lm_batches(vocabulary.encode(train), T, B)
    held_out = lm_batches(vocabulary.encode(validation), 256, min(64, max(1, (len(validation) - 1) // 256)))
    K = len(vocabulary)
    model = LanguageModel(K, K, D=64, H=H, cell=CELLS[cell], layers=layers, dropout=dropout, start=start)
    params = on_device(model.init(rng, np.float32), device)

    def train_step(params, step, rng, carry):
        ids, targets, draw = share(*pieces[step % len(pieces)], rng)
        state = tuple(carry[name] for name in model.cell.state) if step % len(pieces) else None
        total, count, state, grads = model.loss(params, ids, targets, state, rng=draw)
        return StepResult(float(total), count, grads, dict(zip(model.cell.state, state)))

    optimiser = AdamW(lr=cosine(lr, max(steps, 1), 0, lr / 100), decay=decay)
    run = fit(
        params,
        train_step,
        optimiser,
        steps,
        rng,
        clip=1.0,
        validate=lambda p: _mean_loss(model, p, held_out),
        every=every,
        keep_best=True,
        run_dir=run_dir,
        progress=progress,
        identity=told,
    )
    return model, vocabulary, run


def _vocabulary(train: str, validation: str, rare: int, B: int) -> Vocabulary:
    """Return the symbols of the training text; Refused where one of the texts is too short."""
    for name, text, least in (("train", train, B + 1), ("validation", validation, 2)):
        if len(text) < least:
            raise Refused(f"{name}: got {len(text)} characters, expected at least {least}, for {least - 1} streams")
    unknown = rare > 1 or not set(validation) <= set(train)
    return Vocabulary.of(train, [UNK] if unknown else (), rare)


def _mean_loss(model: LanguageModel, params: dict, pieces: list[tuple[np.ndarray, np.ndarray]]) -> float:
    """Return the mean loss in nats over pieces that follow each other."""
    state, total, count = None, 0.0, 0
    for ids, targets in pieces:
        piece, tokens, state = model.score(params, ids, targets, state)
        total, count = total + piece, count + tokens
    return total / count


def generate(
    model: LanguageModel,
    params: dict,
    vocabulary: Vocabulary,
    prompt: str,
    T: int,
    rng: np.random.Generator,
    temperature: float,
) -> str:
    """Return the prompt, and T characters that the model goes on with.

    params: parameters by name. vocabulary: of the model. rng: draws. temperature: of the samples, 0 for the most
    probable.
    """
    return prompt + "".join(characters(model, params, vocabulary, prompt, T, rng, temperature))


def characters(
    model: LanguageModel,
    params: dict,
    vocabulary: Vocabulary,
    prompt: str,
    T: int,
    rng: np.random.Generator,
    temperature: float,
) -> Iterator[str]:
    """Give the T characters that the model goes on with, each as soon as it is drawn, never the unknown symbol.

    params: parameters by name. vocabulary: of the model. prompt: what is read first. rng: draws. temperature: of the
    samples, 0 for the most probable.
    """
    ids, step = vocabulary.encode(prompt), without(vocabulary.index.get(UNK), model.stepper(params))
    _, state, _ = model.forward(params, ids[:-1, None]) if len(ids) > 1 else (None, model.zero_state(params, 1), None)
    for drawn in stream(step, state, ids[-1:], T, rng, temperature):
        yield vocabulary.symbols[int(drawn[0])]


def own_text(options: Options) -> tuple[str, str]:
    """Return the reader's own text, for training and for validation; Refused where it is too short to be cut up.

    options: those of the command line.
    """
    text = read_text(options.data)
    if options.validation:
        parts, share_of_it = (text, read_text(options.validation)), ""
    else:
        cut = len(text) * 9 // 10
        parts, share_of_it = (text[:cut], text[cut:]), " (90 % of it)"
    if len(parts[0]) <= (least := options.batch * options.window):
        raise Refused(
            f"{options.data}: got {len(parts[0])} characters{share_of_it} to train on, expected more than {least}: "
            f"--batch {options.batch} streams of --window {options.window}; a smaller --batch or --window needs less"
        )
    return parts


@answering("python -m rnncore.tasks.charlm")
def main(arguments: list[str]) -> int:
    """Run the command line.

    arguments: those of the command line.
    """
    real = (CORPUS, FILE)
    steps, files = {SOURCE: 1200, CORPUS: 2000, FILE: 2000}, "a text file in UTF-8, or a folder of .txt files"
    parse = Command("charlm", __doc__, steps, sorted(TEXTS), files)
    parse.option("--source", of=[SOURCE], choices=sorted(SOURCES), default="even-process", help="of known entropy")
    parse.option("--validation", of=[FILE], type=place, help="a text of its own to validate on")
    parse.option("--cell", choices=sorted(CELLS), default="rnn")
    parse.option("--hidden", type=whole(), default={SOURCE: 24, CORPUS: 256, FILE: 256}, help="units H of the state")
    parse.option("--layers", of=real, type=whole(), default=1)
    parse.option("--batch", of=real, type=whole(), default=32, help="parallel streams")
    parse.option("--window", of=real, type=whole(), default=64, help="steps between cuts of the gradient")
    parse.option("--dropout", of=real, type=below_one, default=0.0)
    parse.option("--decay", of=real, type=at_least_zero, default=0.0, help="weight decay")
    parse.option("--lr", of=real, type=positive, default=0.002, help="highest learning rate")
    parse.option("--start", of=real, choices=["uniform", "orthogonal"], default="uniform", help="first weights")
    parse.option("--every", of=real, type=whole(), default=100, help="steps between validations and checkpoints")
    parse.option("--temperature", of=real, type=at_least_zero, default=0.8, help="of the text sampled at the end")
    options = parse.read(arguments)
    chosen: dict[str, Any] = {"steps": options.steps, "H": options.hidden, **for_training(options, "cell")}
    return (
        learn_source(options, arguments, chosen) if options.kind == SOURCE else learn_text(options, arguments, chosen)
    )


def learn_text(options: Options, arguments: list[str], chosen: dict[str, Any]) -> int:
    """Train on a corpus or on the reader's own text; write some, keep the model, tell the scores.

    options: those of the command line. arguments: those of the command line. chosen: arguments of the training.
    """
    own = options.kind == FILE
    texts: tuple[str, str] = own_text(options) if own else load(options.data, TEXTS[options.data])
    named: dict[str, Any] = {
        name: getattr(options, name) for name in ("layers", "lr", "dropout", "decay", "start", "every")
    }
    sizes: dict[str, Any] = {"B": options.batch, "T": options.window, "rare": 2 if own else 1}
    model, vocabulary, run = train_text(*texts, **chosen, **named, **sizes)
    begin = "\n" if "\n" in vocabulary.index else next(s for s in vocabulary.symbols if s != UNK)
    rng = np.random.default_rng(options.seed)
    print(generate(model, run.best, vocabulary, begin, 400, rng, options.temperature))
    where = str(options.validation) if own and options.validation else f"{options.data}, last 10 %"
    print(f"{where}: {run.lowest():.4f} nats per character after {run.step} steps")
    scores: dict[str, Any] = {"validation, nats per character": run.lowest()}
    if own:
        lacking = sum(c not in vocabulary.index for c in texts[1]) / len(texts[1])
        names = np.log(NAMES - len(vocabulary))
        scores["validation, bits per character, unknown ones named"] = (run.lowest() + lacking * names) * BITS
        scores["validation, share of unknown characters"] = lacking
        scores["symbols"] = len(vocabulary)
    if options.save:
        save_model(options.save, "charlm", model, run.best, vocabulary=vocabulary)
    return finish("charlm", options, arguments, run, scores)


def learn_source(options: Options, arguments: list[str], chosen: dict[str, Any]) -> int:
    """Train on a source of known entropy, and tell the scores beside its own.

    options: those of the command line. arguments: those of the command line. chosen: arguments of the training.
    """
    source = SOURCES[options.source]
    result = train_source(source, **chosen)
    print(f"{source.name}: held-out strings, bits per symbol")
    scores = {
        "model": result.model,
        "the source's own score": result.source,
        "entropy rate": source.entropy_rate(),
        "above the source": result.model - result.source,
        "'too good' alarm": "RINGS: look for a leak of the future" if result.alarm else "silent",
    }
    return finish("charlm", options, arguments, result.run, scores, {"entropy rate": source.entropy_rate() / BITS})


if __name__ == "__main__":
    raise SystemExit(main())
