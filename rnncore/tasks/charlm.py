"""A character language model: on a source whose entropy is known, or on real text.

python -m rnncore.tasks.charlm                              the even process, beside its exact score
python -m rnncore.tasks.charlm --data tiny-shakespeare      real text, validated on its last 10 %
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnncore.data import SOURCES, Source, Vocabulary, lm_batches, tiny_shakespeare, too_good
from rnncore.models import LanguageModel, sample
from rnncore.train import Adam, Run, StepResult, fit

__all__ = ["Result", "generate", "main", "train_source", "train_text"]

BITS = 1 / math.log(2)


@dataclass(frozen=True)
class Result:
    """What a source's run ends with, in bits per symbol on held-out strings: the model's score, the source's own."""

    model: float
    source: float
    alarm: bool
    run: Run


def train_source(source: Source, steps: int = 1200, H: int = 24, T: int = 64, B: int = 32, seed: int = 0,
                 lr: float = 0.01, run_dir: Path | None = None, progress: bool = True) -> Result:  # fmt: skip
    """Train on fresh strings of a source; score the model and the source on the same strings, drawn after training.

    Each string is read after a BOS symbol and has a fixed length, so no EOS is scored.
    """
    rng = np.random.default_rng(seed)
    model = LanguageModel(inputs=source.symbols + 1, K=source.symbols, D=8, H=H)
    params = model.init(rng)

    def shifted(strings: np.ndarray) -> np.ndarray:
        return np.vstack([np.full((1, strings.shape[1]), source.symbols), strings[:-1]])

    def train_step(params, step, rng, carry):
        strings = source.sample(T, B, rng)
        total, count, grads, _ = model.loss(params, shifted(strings), strings, model.zero_state(params, B))
        return StepResult(float(total), count, grads)

    optimiser = Adam(lr=lr)
    run = fit(params, train_step, optimiser, steps, rng, clip=1.0, run_dir=run_dir, progress=progress)
    held_out = source.sample(T, 1000, np.random.default_rng([seed, 1]))
    total, count, _ = model.score(run.params, shifted(held_out), held_out, model.zero_state(run.params, 1000))
    logp = float(source.logprob(held_out).sum())
    return Result(total / count * BITS, -logp / count * BITS, too_good(-total, logp), run)


def train_text(train: str, validation: str, steps: int = 2000, H: int = 256, T: int = 64, B: int = 32, seed: int = 0,
               lr: float = 0.002, run_dir: Path | None = None, progress: bool = True,
               every: int = 100) -> tuple[LanguageModel, Vocabulary, Run]:  # fmt: skip
    """Train on one long text by truncated BPTT: the state is carried from piece to piece, the gradient is not.

    history holds "validation", the mean loss in nats per character on the validation text.
    """
    rng = np.random.default_rng(seed)
    vocabulary = Vocabulary.of(train)
    pieces = lm_batches(vocabulary.encode(train), T, B)
    held_out = lm_batches(vocabulary.encode(validation), 256, 64)
    model = LanguageModel(inputs=len(vocabulary), K=len(vocabulary), D=64, H=H)
    params = model.init(rng, np.float32)

    def train_step(params, step, rng, carry):
        ids, targets = pieces[step % len(pieces)]
        fresh = step % len(pieces) == 0
        state = model.zero_state(params, B) if fresh else tuple(carry[name] for name in model.cell.state)
        total, count, grads, state = model.loss(params, ids, targets, state)
        return StepResult(float(total), count, grads, dict(zip(model.cell.state, state)))

    def validate(params):
        state, total, count = model.zero_state(params, 64), 0.0, 0
        for ids, targets in held_out:
            piece, tokens, state = model.score(params, ids, targets, state)
            total, count = total + piece, count + tokens
        return total / count

    run = fit(params, train_step, Adam(lr=lr), steps, rng, clip=1.0, validate=validate, every=every,
              run_dir=run_dir, progress=progress)  # fmt: skip
    return model, vocabulary, run


def generate(model: LanguageModel, params: dict, vocabulary: Vocabulary, prompt: str, T: int,
             rng: np.random.Generator, temperature: float) -> str:  # fmt: skip
    """The prompt, and T characters that the model goes on with."""
    ids = vocabulary.encode(prompt)
    state = model.zero_state(params, 1)
    for k in ids[:-1]:
        _, state = model.step(params, np.array([k]), state)
    step: Callable = lambda last, state: model.step(params, last, state)  # noqa: E731
    return prompt + vocabulary.decode(sample(step, state, ids[-1:], T, rng, temperature)[:, 0])


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m rnncore.tasks.charlm", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--source", choices=sorted(SOURCES), default="even-process", help="a source of known entropy")
    parser.add_argument("--data", choices=["tiny-shakespeare"], help="real text instead of a source")
    parser.add_argument("--steps", type=int, help="training steps in all (1200 for a source, 2000 for text)")
    parser.add_argument("--hidden", type=int, help="units H of the state (24 for a source, 256 for text)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--run-dir", type=Path, help="folder for checkpoints; a run that finds one there goes on from it"
    )
    parser.add_argument("--temperature", type=float, default=0.8, help="of the text sampled at the end")
    options = parser.parse_args(arguments)
    chosen = {"steps": options.steps, "H": options.hidden, "run_dir": options.run_dir, "seed": options.seed}
    chosen = {key: value for key, value in chosen.items() if value is not None}

    if options.data:
        model, vocabulary, run = train_text(*tiny_shakespeare(), **chosen)
        score = run.history[-1]["validation"]
        print(f"validation on the last 10 %: {score:.4f} nats per character after {run.step} steps")
        print(
            generate(model, run.params, vocabulary, "\n", 400, np.random.default_rng(options.seed), options.temperature)
        )
        return 0
    source = SOURCES[options.source]
    result = train_source(source, **chosen)
    print(f"{source.name}: held-out strings, bits per symbol")
    print(f"  model                    {result.model:.4f}")
    print(f"  the source's own score   {result.source:.4f}   (entropy rate {source.entropy_rate():.4f})")
    print(f"  above it                 {result.model - result.source:.4f}")
    print(f"  'too good' alarm         {'RINGS: look for a leak of the future' if result.alarm else 'silent'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
