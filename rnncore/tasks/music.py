"""Music: a genre, or a key, enters through the initial state, notes come out; they can be heard.

python -m rnncore.tasks.music --midi tune.mid --wav tune.wav        built-in tunes, beside their exact entropy
python -m rnncore.tasks.music --data jsb-chorales                   Bach's chorales, voice by voice
python -m rnncore.tasks.music --data my.mid --save my.npz           your own MIDI files, in four voices
python -m rnncore generate my.npz --midi new.mid                    and the model composes

Of your own pieces a frame is a sixteenth note and has the highest three notes that sound in it, and the lowest; they
are cut into passages of 64 frames, the first 80 % for training, then 10 % for validation, 10 % for the test.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from rnncore.cells import CELLS
from rnncore.data import NGram, jsb_chorales, length_batches, shifted, too_good
from rnncore.data.files import in_parts, read_midi
from rnncore.data.sources import MELODIES, Tunes
from rnncore.models import Conditional, LanguageModel, sample
from rnncore.ops import check_sizes
from rnncore.tasks.command import BITS, finish, for_training, on_device
from rnncore.tasks.options import CORPUS, FILE, SOURCE, Command, Options, answering, load, place, whole
from rnncore.tasks.saved import save_model
from rnncore.train import Adam, AdamW, Run, StepResult, cosine, fit, identity, share, world
from rnncore.types import Refused

__all__ = [
    "Chorales",
    "compose",
    "main",
    "ngram_per_frame",
    "per_frame",
    "train_chorales",
    "train_source",
    "write_midi",
    "write_wav",
]

LOW, HIGH = 36, 81
"""The lowest and the highest pitch of the chorales."""
VOICES = 4
KEYS = 24


class Chorales:
    """Chorales as strings of symbols: soprano, alto, tenor, bass of a frame, then the next frame.

    Symbol 0 is a rest, k a pitch LOW + k - 1. What a model reads also tells the voice: voice * K + symbol.
    A chorale's key is read off its last frame: the bass is the tonic, a minor third above it makes the mode minor.
    """

    K = HIGH - LOW + 2

    def __init__(self, pieces: list[np.ndarray]) -> None:
        self.pieces = pieces

    def strings(self, up: int = 0) -> list[np.ndarray]:
        """Return each piece as one string of 4 symbols a frame, moved up by so many half tones where it fits
        the range.
        """
        moved = [np.where(piece > 0, piece + up, 0) for piece in self.pieces]
        fits = [p for p in moved if p.max() <= HIGH and p[p > 0].min() >= LOW]
        return [np.where(p > 0, p - LOW + 1, 0).ravel() for p in fits]

    @classmethod
    def condition(cls, string: np.ndarray) -> np.ndarray:
        """Return the key, one-hot (24,): 12 major, then 12 minor.

        string: numbers of symbols.
        """
        last = string[-VOICES:]
        sounding = last[last > 0] + LOW - 1
        key = np.zeros(KEYS, np.float32)
        if len(sounding):
            tonic = int(sounding[-1])
            key[tonic % 12 + 12 * bool(((sounding - tonic) % 12 == 3).any())] = 1
        return key

    @classmethod
    def batch(cls, strings: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return conditions, inputs, targets and mask."""
        inputs, targets, mask = shifted(strings, 0)
        voice = (np.arange(len(inputs)) - 1) % VOICES
        inputs = inputs + cls.K * voice[:, None]
        inputs[0] = VOICES * cls.K
        return np.stack([cls.condition(s) for s in strings]), inputs, targets, mask


def per_frame(model: Conditional, params: dict, strings: list[np.ndarray], B: int = 16) -> float:
    """Return nats per frame of four voices.

    The key is charged for, too: ln 24 nats a piece, as if all were as likely.
    model: a model of `rnncore.models`. params: parameters by name. strings: numbers of symbols. B: sequences a batch.
    """
    check_sizes(B=B)
    total = len(strings) * np.log(KEYS)
    for which in length_batches([len(s) for s in strings], B):
        total += model.score(params, *Chorales.batch([strings[k] for k in which]))[0]
    return float(total / sum(len(s) // VOICES for s in strings))


def ngram_per_frame(model: NGram, test: list[np.ndarray]) -> float:
    """Score the baseline on the same strings: nats per frame of an interpolated n-gram model.

    test: the test part.
    """
    return -sum(model.logprob(s) for s in test) / sum(len(s) // VOICES for s in test)


def train_chorales(
    train: Chorales,
    valid: Chorales,
    steps: int = 600,
    D: int = 64,
    H: int = 320,
    B: int = 16,
    layers: int = 1,
    dropout: float = 0.4,
    lr: float = 0.004,
    cell: str = "lstm",
    seed: int = 0,
    device: str = "cpu",
    every: int = 50,
    run_dir: Any = None,
    progress: bool = True,
) -> tuple[Conditional, Run]:
    """Train on whole pieces, each time in another key. history holds "validation", nats per frame; the best is kept.

    train: the training part. valid: the validation part. steps: updates in all. D: size of an embedding. H: units. B:
    sequences a batch. layers: how many. dropout: its rate. lr: highest learning rate. cell: a name in
    `rnncore.cells.CELLS`. seed: of all that is drawn. device: "cpu", "torch" or "cuda". every: steps between entries of
    the history. run_dir: folder of checkpoints, or None. progress: show a bar.
    """
    told = identity("music", locals())
    check_sizes(D=D, H=H, B=B, layers=layers)
    rng = np.random.default_rng(seed)
    lm = LanguageModel(VOICES * Chorales.K + 1, Chorales.K, D, H, CELLS[cell], layers, dropout, start="orthogonal")
    model = Conditional(KEYS, lm)
    params = on_device(model.init(rng, np.float32), device)
    by_key = {up: train.strings(up) for up in range(-5, 7)}
    held_out = valid.strings()

    def train_step(params, step, rng, carry):
        strings = by_key[int(rng.integers(-5, 7))] or by_key[0]  # where none fits, as they are
        batches = length_batches([len(s) for s in strings], B, rng)
        chosen = [strings[k] for k in batches[0]]
        total, count, grads = model.loss(params, *share(*Chorales.batch(chosen), rng))
        return StepResult(float(total), count, grads)

    optimiser = AdamW(cosine(lr, max(steps, 1), min(20, steps), lr / 50), decay=0.01)
    run = fit(
        params,
        train_step,
        optimiser,
        steps,
        rng,
        clip=1.0,
        every=every,
        keep_best=True,
        run_dir=run_dir,
        validate=lambda p: per_frame(model, p, held_out),
        progress=progress,
        identity=told,
    )
    return model, run


def train_source(
    source: Tunes,
    steps: int = 1200,
    T: int = 24,
    B: int = 64,
    H: int = 48,
    seed: int = 0,
    cell: str = "gru",
    device: str = "cpu",
    run_dir: Any = None,
    progress: bool = True,
) -> tuple[dict[str, Any], Conditional, Run]:
    """Train on fresh tunes of a stated length; score the model and the source on the same tunes. Bits per tune.

    steps: updates in all. T: steps. B: sequences a batch. H: units. seed: of all that is drawn. cell: a name in
    `rnncore.cells.CELLS`. device: "cpu", "torch" or "cuda". run_dir: folder of checkpoints, or None. progress: show a
    bar.
    """
    told = identity("music", locals())
    check_sizes(T=T, B=B, H=H)
    rng = np.random.default_rng(seed)
    genres, K = source.start.shape
    model = Conditional(genres, LanguageModel(K + 1, K, 16, H, CELLS[cell]))
    params = on_device(model.init(rng), device)

    def framed(tunes: np.ndarray, labels: np.ndarray) -> tuple:
        return np.eye(genres)[labels], np.vstack([np.full((1, tunes.shape[1]), K), tunes[:-1]]), tunes

    def train_step(params, step, rng, carry):
        total, count, grads = model.loss(params, *share(*framed(*source.sample(T, B, rng))))
        return StepResult(float(total), count, grads)

    optimiser = Adam(cosine(0.01, max(steps, 1), 0, 0.0001))
    run = fit(params, train_step, optimiser, steps, rng, clip=1.0, run_dir=run_dir, progress=progress, identity=told)
    tunes, labels = source.sample(T, 2000, np.random.default_rng([seed, 1]))
    total, _ = model.score(run.params, *framed(tunes, labels))
    logp, blind = float(np.sum(source.logprob(tunes, labels))), float(np.sum(source.marginal_logprob(tunes)))
    return (
        {
            "model, bits per tune": total / 2000 * BITS,
            "the source's own score": -logp / 2000 * BITS,
            "above the source": (total + logp) / 2000 * BITS,
            "the exact score without the genre": -blind / 2000 * BITS,
            "'too good' alarm": "RINGS: look for a leak" if too_good(-total, logp) else "silent",
        },
        model,
        run,
    )


def write_midi(voices: list[np.ndarray], path: Path, step: float = 0.125) -> Any:
    """Write voices, each an array of MIDI pitches per step of so many seconds (0 rests); equal neighbours are tied.

    path: of the file.
    """
    import pretty_midi  # on request only

    midi = pretty_midi.PrettyMIDI()
    for pitches in voices:
        instrument, begin = pretty_midi.Instrument(program=19), 0
        for end in range(1, len(pitches) + 1):
            if end == len(pitches) or pitches[end] != pitches[begin]:
                if pitches[begin] > 0:
                    note = pretty_midi.Note(80, int(pitches[begin]), begin * step, end * step)
                    instrument.notes.append(note)
                begin = end
        midi.instruments.append(instrument)
    midi.write(str(path))
    return midi


def write_wav(midi: Any, path: Path, rate: int = 22050) -> np.ndarray:
    """Write what `write_midi` returned as sound, one sine per note, 16 bits. `IPython.display.Audio(path)` plays it.

    rate: samples a second.
    """
    check_sizes(rate=rate)
    from scipy.io import wavfile  # on request only

    sound = midi.synthesize(fs=rate)
    sound = (sound / max(np.abs(sound).max(), 1e-9) * 0.8 * 32767).astype(np.int16)
    wavfile.write(path, rate, sound)
    return sound


def compose(model: Conditional, params: dict, key: int, frames: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Compose four voices of a new chorale in a key 0..23, as pitches per frame.

    model: a model of `rnncore.models`. params: parameters by name. frames: how many to compose. rng: draws.
    """
    check_sizes(frames=frames)
    condition = np.eye(KEYS, dtype=np.float32)[[key]]
    state, _ = model.encode(params, condition)
    voice, read = iter(range(4 * frames + 1)), model.stepper(params)

    def step(ids: np.ndarray, state: Any) -> tuple:
        t = next(voice)
        return read(ids + Chorales.K * ((t - 1) % VOICES) if t else ids, state)

    drawn = sample(step, state, np.array([VOICES * Chorales.K]), VOICES * frames, rng, temperature=0.9)[:, 0]
    return [np.where(v > 0, v + LOW - 1, 0) for v in drawn.reshape(frames, VOICES).T]


def _pieces(options: Options) -> dict[str, list[np.ndarray]]:
    """Return pieces for training, validation and the test: of the chorales, or of the reader's own MIDI files."""
    splits = ("train", "valid", "test")
    if options.kind == CORPUS:
        return {split: load(options.data, jsb_chorales, split) for split in splits}
    frames = [
        piece[k : k + 64] for piece in read_midi(options.data, LOW, HIGH) for k in range(0, max(len(piece) - 15, 1), 64)
    ]
    parts = in_parts([piece for piece in frames if piece.any()], options.data, "passages of four bars")
    return dict(zip(splits, parts))


@answering("python -m rnncore.tasks.music")
def main(arguments: list[str]) -> int:
    """Run the command line.

    arguments: those of the command line.
    """
    steps, files = {SOURCE: 1200, CORPUS: 600, FILE: 300}, "a MIDI file, or a folder of .mid files"
    parse = Command("music", __doc__, steps, ["jsb-chorales"], files)
    parse.option("--cell", choices=sorted(CELLS), default={SOURCE: "gru", CORPUS: "lstm", FILE: "lstm"})
    parse.option("--hidden", of=[CORPUS, FILE], type=whole(), default={CORPUS: 320, FILE: 128}, help="units H")
    parse.option("--midi", type=place, help="write a piece of the model's own here")
    parse.option("--wav", type=place, help="and as sound here; needs --midi")
    options = parse.read(arguments)
    if options.wav and not options.midi:
        raise Refused("argument --wav: needs --midi, got none")
    common = for_training(options, "cell")
    rng = np.random.default_rng(options.seed)
    if options.kind == SOURCE:
        scores, model, run = train_source(MELODIES, options.steps, **common)
        genres, K = MELODIES.start.shape
        state, _ = model.encode(run.params, np.eye(genres))
        drawn = sample(model.stepper(run.params), state, np.full(genres, K), 24, rng)
        voices, tick = [MELODIES.pitches[np.concatenate(drawn.T)]], 0.25
    else:
        splits = {split: Chorales(pieces) for split, pieces in _pieces(options).items()}
        common |= {"H": options.hidden}
        model, run = train_chorales(splits["train"], splits["valid"], options.steps, **common)
        train, valid, test = (splits[split].strings() for split in ("train", "valid", "test"))
        longest = NGram(24, Chorales.K).fit(train)
        orders = {n: ngram_per_frame(longest.lower(n), valid) for n in range(2, 25, 2)}
        best = min(orders, key=lambda n: orders[n])
        ours, theirs = per_frame(model, run.best, test), ngram_per_frame(longest.lower(best), test)
        scores = {
            "nats per frame, test": ours,
            f"nats per frame of {best}-grams, order chosen on validation": theirs,
        }
        if theirs > 0:  # n-grams foretell a piece that only repeats itself
            scores["below the n-grams, percent"] = 100 * (1 - ours / theirs)
        voices, tick = compose(model, run.best, 0, 64, rng), 0.125
        if options.save:
            save_model(options.save, "music", model, run.best)
    if options.midi and world().rank == 0:
        midi = write_midi(voices, options.midi, tick)
        if options.wav:
            write_wav(midi, options.wav)
    return finish("music", options, arguments, run, scores)


if __name__ == "__main__":
    raise SystemExit(main())
