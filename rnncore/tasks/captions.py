"""Captions: a picture enters through the initial state, a sentence comes out.

python -m rnncore.tasks.captions        rendered scenes, beside the exact entropy of a caption given its scene
python -m rnncore.tasks.captions --data my.tsv --save my.npz     your own lines, `words of the condition TAB caption`
python -m rnncore generate my.npz --prompt "words"               and the model tells others

Of your own lines the first 80 % are for training, the next 10 % for validation, the last 10 % for the test. The
condition is the set of its words. A word of a caption that occurs once in the training part, or not at all, is the
unknown one, and is not written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from rnncore.cells import CELLS
from rnncore.data import EOS, UNK, Vocabulary, length_batches, shifted, too_good
from rnncore.data.files import in_parts, read_columns
from rnncore.data.sources import SCENES, Scenes
from rnncore.models import Conditional, LanguageModel, sample, stream, without
from rnncore.ops import check_sizes
from rnncore.tasks.command import BITS, finish, for_training, on_device
from rnncore.tasks.options import FILE, SOURCE, Command, Options, answering, whole
from rnncore.tasks.saved import save_model
from rnncore.train import Adam, Run, StepResult, cosine, fit, identity, share

__all__ = ["as_numbers", "condition", "gap", "learn_own", "main", "score", "tell", "train", "train_own"]


def score(model: Conditional, params: dict, images: np.ndarray, captions: list[np.ndarray]) -> float:
    """Return the sum of the captions' losses in nats, EOS included.

    model: a model of `rnncore.models`. params: parameters by name. images: conditions (n, F).
    """
    inputs, targets, mask = shifted(captions, model.lm.inputs - 1)
    return model.score(params, images, inputs, targets, mask)[0]


def gap(
    model: Conditional, params: dict, images: np.ndarray, captions: list[np.ndarray], rng: np.random.Generator
) -> float:
    """Return how much worse captions are told from other scenes than from their own, in bits per caption.

    For the exact model this is the mutual information plus the lautum information; a model that ignores
    its condition has 0.
    params: parameters by name. images: conditions (n, F). rng: draws.
    """
    other = images[rng.permutation(len(images))]
    return (score(model, params, other, captions) - score(model, params, images, captions)) / len(images) * BITS


def train(
    source: Scenes,
    steps: int = 1500,
    H: int = 48,
    code: int = 32,
    B: int = 64,
    seed: int = 0,
    cell: str = "gru",
    device: str = "cpu",
    run_dir: Any = None,
    progress: bool = True,
) -> tuple[dict[str, Any], Conditional, Run]:
    """Train on fresh pairs; score the model and the source on the same captions, drawn after training.

    steps: updates in all. H: units. code: size of the encoder. B: sequences a batch. seed: of all that is drawn. cell:
    a name in `rnncore.cells.CELLS`. device: "cpu", "torch" or "cuda". run_dir: folder of checkpoints, or None.
    progress: show a bar.
    """
    told = identity("captions", locals())
    check_sizes(H=H, B=B)
    rng = np.random.default_rng(seed)
    K = source.symbols
    model = Conditional(source.features, LanguageModel(K + 1, K, 16, H, CELLS[cell]), code)
    params = on_device(model.init(rng), device)

    def train_step(params, step, rng, carry):
        images, captions, _ = source.sample(B, rng)
        total, count, grads = model.loss(params, *share(images, *shifted(captions, K)))
        return StepResult(float(total), count, grads)

    optimiser = Adam(cosine(0.01, max(steps, 1), 0, 0.0001))
    run = fit(params, train_step, optimiser, steps, rng, clip=1.0, run_dir=run_dir, progress=progress, identity=told)
    images, captions, conditions = source.sample(2000, np.random.default_rng([seed, 1]))
    total, logp = score(model, run.params, images, captions), float(np.sum(source.logprob(captions, conditions)))
    return (
        {
            "model, bits per caption": total / 2000 * BITS,
            "the source's own score": -logp / 2000 * BITS,
            "entropy given the scene": source.conditional_entropy(),
            "above the source": (total + logp) / 2000 * BITS,
            "entropy without the scene": source.entropy(),
            "information of the scene": source.information(),
            "gap to other scenes": gap(model, run.params, images, captions, np.random.default_rng([seed, 2])),
            "'too good' alarm": "RINGS: look for a leak" if too_good(-total, logp) else "silent",
        },
        model,
        run,
    )


def condition(words: Vocabulary, text: str) -> np.ndarray:
    """Return which of the words stand in a text, (F,): 1 where one does; words that are not known do not count."""
    found = np.zeros(len(words), np.float32)
    found[[words.index[w] for w in text.split() if w in words.index]] = 1
    return found


def train_own(
    train: list[tuple[str, str]],
    validation: list[tuple[str, str]],
    steps: int = 1000,
    D: int = 64,
    H: int = 128,
    B: int = 32,
    lr: float = 0.004,
    dropout: float = 0.2,
    cell: str = "gru",
    seed: int = 0,
    device: str = "cpu",
    every: int = 50,
    run_dir: Any = None,
    progress: bool = True,
) -> tuple[Conditional, Vocabulary, Vocabulary, Run]:
    """Train on pairs of a condition, a set of words, and a caption. Returns the model, both vocabularies, the run.

    history holds "validation" in nats per word; the best parameters are kept.
    train: the training part. steps: updates in all. D: size of an embedding. H: units. B: sequences a batch. lr:
    highest learning rate. dropout: its rate. cell: a name in `rnncore.cells.CELLS`. seed: of all that is drawn. device:
    "cpu", "torch" or "cuda". every: steps between entries of the history. run_dir: folder of checkpoints, or None.
    progress: show a bar.
    """
    told = identity("captions", locals())
    check_sizes(D=D, H=H, B=B)
    rng = np.random.default_rng(seed)
    features = Vocabulary.of(w for told_of, _ in train for w in told_of.split())
    words = Vocabulary.of((w for _, caption in train for w in caption.split()), [UNK, EOS], 2)
    lm = LanguageModel(len(words) + 1, len(words), D, H, CELLS[cell], dropout=dropout)
    model = Conditional(len(features), lm)
    params = on_device(model.init(rng, np.float32), device)
    images, strings = as_numbers(features, words, train)
    held_out = as_numbers(features, words, validation)
    per_epoch = -(-len(train) // B)

    def train_step(params, step, rng, carry):
        epoch = np.random.default_rng([seed, step // per_epoch])
        which = length_batches([len(s) for s in strings], B, epoch)[step % per_epoch]
        inputs = shifted([strings[k] for k in which], len(words))
        total, count, grads = model.loss(params, *share(images[which], *inputs, rng))
        return StepResult(float(total), count, grads)

    run = fit(
        params,
        train_step,
        Adam(cosine(lr, max(steps, 1), 0, lr / 50)),
        steps,
        rng,
        clip=1.0,
        every=every,
        keep_best=True,
        validate=lambda p: score(model, p, *held_out) / sum(map(len, held_out[1])),
        run_dir=run_dir,
        progress=progress,
        identity=told,
    )
    return model, features, words, run


def as_numbers(
    features: Vocabulary, words: Vocabulary, pairs: list[tuple[str, str]]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the conditions (n, F) and the captions, each with EOS at its end.

    features: words of the condition. words: vocabulary of the captions. pairs: (source, target) of numbers.
    """
    captions = [words.encode([*caption.split(), EOS]) for _, caption in pairs]
    return np.stack([condition(features, text) for text, _ in pairs]), captions


def tell(
    model: Conditional,
    params: dict,
    features: Vocabulary,
    words: Vocabulary,
    told_of: str,
    T: int,
    rng: np.random.Generator,
    temperature: float,
) -> Iterator[str]:
    """Give the words of a caption of the condition `told_of`, each as soon as it is drawn, up to T or its end.

    model: a model of `rnncore.models`. params: parameters by name. features: words of the condition. rng: draws.
    temperature: of the samples, 0 for the most probable.
    """
    state, _ = model.encode(params, condition(features, told_of)[None])
    step, eos = without(words.index[UNK], model.stepper(params)), words.index[EOS]
    for (drawn,) in stream(step, state, np.array([len(words)]), T, rng, temperature, eos=eos):
        if drawn != eos:
            yield words.symbols[int(drawn)]


def learn_own(options: Options, arguments: list[str]) -> int:
    """Train on the reader's own pairs, show three captions, keep the model, tell the scores.

    options: those of the command line. arguments: those of the command line.
    """
    train, validation, test = in_parts(read_columns(options.data, ("condition", "caption")), options.data, "lines")
    common = {**for_training(options, "cell"), "H": options.hidden}
    model, features, words, run = train_own(train, validation, options.steps, **common)  # type: ignore[arg-type]
    rng = np.random.default_rng(options.seed)
    for told_of, caption in test[:3]:
        written = " ".join(tell(model, run.best, features, words, told_of, 40, rng, 0.7))
        print(f"{told_of}\n  it says: {caption}\n  model:   {written}")
    if options.save:
        save_model(options.save, "captions", model, run.best, features=features, words=words)
    images, captions = as_numbers(features, words, test)  # type: ignore[arg-type]
    count = sum(map(len, captions))
    scores = {
        "test, nats per word": score(model, run.best, images, captions) / count,
        "gap to other conditions, bits per caption": gap(model, run.best, images, captions, rng),
        "words": len(words),
    }
    return finish("captions", options, arguments, run, scores)


@answering("python -m rnncore.tasks.captions")
def main(arguments: list[str]) -> int:
    """Run the command line.

    arguments: those of the command line.
    """
    steps, files = {SOURCE: 1500, FILE: 1000}, "a file of lines `words of the condition TAB caption` in UTF-8"
    parse = Command("captions", __doc__, steps, (), files)
    parse.option("--cell", choices=sorted(CELLS), default="gru")
    parse.option("--hidden", of=[FILE], type=whole(), default=128, help="units H")
    options = parse.read(arguments)
    if options.kind == FILE:
        return learn_own(options, arguments)
    scores, model, run = train(SCENES, options.steps, **for_training(options, "cell"))
    images, captions, _ = SCENES.sample(3, np.random.default_rng(options.seed))
    state, _ = model.encode(run.params, images)
    eos = SCENES.symbols - 1
    drawn = sample(
        model.stepper(run.params), state, np.full(3, SCENES.symbols), 30, np.random.default_rng(options.seed), eos=eos
    )
    for caption, ids in zip(captions, drawn.T):
        told, drawn_words = (" ".join(SCENES.vocabulary[k] for k in words if k != eos) for words in (caption, ids))
        print(f"source: {told}\nmodel:  {drawn_words}\n")
    return finish("captions", options, arguments, run, scores)


if __name__ == "__main__":
    raise SystemExit(main())
