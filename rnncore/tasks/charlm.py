"""A character language model: on a source whose entropy is known, or on real text.

python -m rnncore.tasks.charlm                              the even process, beside its exact score
python -m rnncore.tasks.charlm --data tiny-shakespeare      real text, validated on its last 10 %
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnncore.cells import CELLS
from rnncore.data import SOURCES, Source, Vocabulary, lm_batches, tiny_shakespeare, too_good
from rnncore.models import LanguageModel, sample
from rnncore.ops import check_sizes
from rnncore.tasks.command import BITS, finish, for_training, on_device, parser
from rnncore.train import Adam, AdamW, Run, StepResult, cosine, fit, identity, share

__all__ = ["TEXTS", "Result", "generate", "main", "train_source", "train_text"]

TEXTS = {"tiny-shakespeare": tiny_shakespeare}
"""Functions that return a text for training and one for validation, by the names that `--data` takes."""


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
) -> tuple[LanguageModel, Vocabulary, Run]:
    """Train on one long text by truncated BPTT: the state is carried from piece to piece, the gradient is not.

    The learning rate falls along half a cosine, to a hundredth. history holds "validation", the mean loss in nats per
    character on the validation text; the parameters of the lowest are kept.
    """
    told = identity("charlm", locals())
    check_sizes(H=H, T=T, B=B, layers=layers)
    rng = np.random.default_rng(seed)
    vocabulary = Vocabulary.of(train)
    pieces = lm_batches(vocabulary.encode(train), T, B)
    held_out = lm_batches(vocabulary.encode(validation), 256, 64)
    K = len(vocabulary)
    model = LanguageModel(K, K, D=64, H=H, cell=CELLS[cell], layers=layers, dropout=dropout, start=start)
    params = on_device(model.init(rng, np.float32), device)

    def train_step(params, step, rng, carry):
        ids, targets, draw = share(*pieces[step % len(pieces)], rng)
        state = tuple(carry[name] for name in model.cell.state) if step % len(pieces) else None
        total, count, state, grads = model.loss(params, ids, targets, state, rng=draw)
        return StepResult(float(total), count, grads, dict(zip(model.cell.state, state)))

    def validate(params):
        state, total, count = None, 0.0, 0
        for ids, targets in held_out:
            piece, tokens, state = model.score(params, ids, targets, state)
            total, count = total + piece, count + tokens
        return total / count

    optimiser = AdamW(lr=cosine(lr, max(steps, 1), 0, lr / 100), decay=decay)
    run = fit(
        params,
        train_step,
        optimiser,
        steps,
        rng,
        clip=1.0,
        validate=validate,
        every=every,
        keep_best=True,
        run_dir=run_dir,
        progress=progress,
        identity=told,
    )
    return model, vocabulary, run


def generate(
    model: LanguageModel,
    params: dict,
    vocabulary: Vocabulary,
    prompt: str,
    T: int,
    rng: np.random.Generator,
    temperature: float,
) -> str:
    """Return the prompt, and T characters that the model goes on with."""
    ids = vocabulary.encode(prompt)
    _, state, _ = model.forward(params, ids[:-1, None]) if len(ids) > 1 else (None, model.zero_state(params, 1), None)
    drawn = sample(model.stepper(params), state, ids[-1:], T, rng, temperature)
    return prompt + vocabulary.decode(drawn[:, 0])


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parse = parser("charlm", __doc__, "1200 for a source, 2000 for text")
    parse.add_argument("--source", choices=sorted(SOURCES), default="even-process", help="a source of known entropy")
    parse.add_argument("--data", choices=sorted(TEXTS), help="real text instead of a source")
    parse.add_argument("--cell", choices=sorted(CELLS), default="rnn")
    parse.add_argument("--hidden", type=int, help="units H of the state (24 for a source, 256 for text)")
    parse.add_argument("--layers", type=int, default=1, help="of text")
    parse.add_argument("--batch", type=int, default=32, help="of text: parallel streams")
    parse.add_argument("--window", type=int, default=64, help="of text: steps between cuts of the gradient")
    parse.add_argument("--dropout", type=float, default=0.0, help="of text")
    parse.add_argument("--decay", type=float, default=0.0, help="of text: weight decay")
    parse.add_argument("--lr", type=float, default=0.002, help="of text: highest learning rate")
    parse.add_argument("--start", choices=["uniform", "orthogonal"], default="uniform", help="of text: first weights")
    parse.add_argument("--every", type=int, default=100, help="of text: steps between validations and checkpoints")
    parse.add_argument("--temperature", type=float, default=0.8, help="of the text sampled at the end")
    options = parse.parse_args(arguments)
    chosen = {"steps": options.steps, "H": options.hidden, **for_training(options, "cell")}
    chosen = {key: value for key, value in chosen.items() if value is not None}

    if options.data:
        model, vocabulary, run = train_text(
            *TEXTS[options.data](),
            **chosen,
            layers=options.layers,
            B=options.batch,
            T=options.window,
            lr=options.lr,
            dropout=options.dropout,
            decay=options.decay,
            start=options.start,
            every=options.every,
        )
        begin = "\n" if "\n" in vocabulary.index else vocabulary.symbols[0]
        rng = np.random.default_rng(options.seed)
        print(generate(model, run.best, vocabulary, begin, 400, rng, options.temperature))
        print(f"{options.data}, last 10 %: {run.lowest():.4f} nats per character after {run.step} steps")
        return finish("charlm", options, arguments, run, {"validation, nats per character": run.lowest()})
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
