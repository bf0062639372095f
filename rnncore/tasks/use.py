"""Finished models at work: `python -m rnncore generate`, `tag`, `classify` and `translate`, see `python -m rnncore -h`.

What a task has kept with `--save` is all that is needed: no data, no training. Texts are given as arguments, or as
lines of the standard input. What is generated appears as it comes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np

from rnncore import ops
from rnncore.data import EOS, UNK, Vocabulary, pad_batch
from rnncore.tasks import captions, charlm, music, wordlm
from rnncore.tasks.labelled import cut
from rnncore.tasks.options import Command, Options, answering, at_least_zero, place, whole
from rnncore.tasks.saved import Saved, load_model
from rnncore.tasks.tagging import Corpus
from rnncore.tasks.translate import translate, words_of
from rnncore.types import Refused

__all__ = ["classify", "generate", "main", "tag", "translations"]

GENERATE = {"charlm": "text", "wordlm": "text", "captions": "text", "music": "music"}


@answering("python -m rnncore")
def main(arguments: list[str]) -> int:
    """Run the command line; the first argument is the use.

    arguments: those of the command line.
    """
    use, *rest = arguments
    parse = Command(use, __doc__, None, module="rnncore")
    parse.add_argument("model", help="a file that a task has kept with --save")
    if use == "generate":
        parse.option("--prompt", help="what the text begins with; of captions, the words of the condition")
        parse.option("--length", type=whole(), default=400, help="symbols to write at most; of music, frames")
        parse.option("--temperature", type=at_least_zero, default=0.8, help="0 takes the most probable symbol")
        parse.option("--seed", type=whole(0), default=0)
        parse.option("--midi", type=place, help="write the music here")
        return generate(parse.read(rest))
    parse.add_argument("texts", nargs="*", help="texts; without any, the lines of the standard input")
    parse.option("--beam", type=whole(), default=5, help="of translations")
    options = parse.read(rest)
    work = {"tag": tag, "classify": classify, "translate": translations}[use]
    saved = load_model(options.model, *{"tag": ["tagging"], "classify": ["names", "polarity"]}.get(use, ["translate"]))
    for text in options.texts or (line.strip() for line in sys.stdin):
        if text.strip():
            print(work(saved, text, options.beam) if use == "translate" else work(saved, text), flush=True)
    return 0


def generate(options: Options) -> int:
    """Write what the model goes on with, symbol by symbol, to the standard output, or music to a MIDI file.

    options: those of the command line.
    """
    saved = load_model(options.model, *GENERATE)
    if (GENERATE[saved.task] == "music") != (options.midi is not None):
        raise Refused(f"argument --midi: got {options.midi}, expected a file for music, and none for {saved.task}")
    rng = np.random.default_rng(options.seed)
    if saved.task == "music":
        if options.prompt is not None:
            raise Refused("argument --prompt: has no effect on music")
        music.write_midi(music.compose(saved.model, saved.params, 0, options.length, rng), options.midi)
        print(f"music: {options.midi}")
        return 0
    for piece in _written(saved, options, rng):
        print(piece, end="", flush=True)
    print()
    return 0


def _written(saved: Saved, options: Options, rng: np.random.Generator) -> Iterator[str]:
    """Give the prompt, and what follows it, in pieces that are to be printed side by side."""
    model, params, kept, how = saved.model, saved.params, saved.kept, (options.length, rng, options.temperature)
    given: str = options.prompt or ""
    if saved.task == "charlm":
        vocabulary = kept["vocabulary"]
        begin = "\n" if "\n" in vocabulary.index else next(s for s in vocabulary.symbols if s != UNK)
        prompt = _known(given or begin, list(given or begin), vocabulary)
        yield prompt
        yield from charlm.characters(model, params, vocabulary, prompt, *how)
    elif saved.task == "wordlm":
        words = given.split()
        _known(given, words, kept["vocabulary"])
        yield " ".join(words)
        for k, word in enumerate(wordlm.sentence(model, params, kept["vocabulary"], words, *how)):
            yield (" " if k or words else "") + word
    else:
        condition = _known(given, given.split(), kept["features"])
        for word in captions.tell(model, params, kept["features"], kept["words"], condition, *how):
            yield word + " "


def _known(text: str, symbols: list[str], vocabulary: Vocabulary) -> str:
    """Return the text of a prompt; say which of its symbols the model does not know. Refused if it cannot read them."""
    if lacking := sorted({s for s in symbols if s not in vocabulary.index}):
        if UNK not in vocabulary.index and any(len(s) == 1 for s in vocabulary.symbols):
            raise Refused(f"argument --prompt: got {lacking[0]!r}, expected characters that the model has seen")
        print(f"not known to the model, and read as such: {' '.join(map(repr, lacking))}", file=sys.stderr)
    return text


def tag(saved: Saved, text: str) -> str:
    """Return the words of a sentence, cut at white space, each with its tag after a slash.

    saved: what `load_model` returned. text: what is read.
    """
    corpus, words = Corpus.kept(**saved.kept), text.split()
    ids, _, lengths, spelling = corpus.batch([[(word, "") for word in words]])
    scores, _ = saved.model.forward(saved.params, ids, lengths, spelling)
    best = ops.to_numpy(scores).argmax(axis=-1)[:, 0]
    return " ".join(f"{word}/{corpus.tags.symbols[k]}" for word, k in zip(words, best))


def classify(saved: Saved, text: str) -> str:
    """Return the label of a text and its probability, and the text, between tabs.

    saved: what `load_model` returned.
    """
    ids, lengths = pad_batch([saved.kept["vocabulary"].encode(cut(text, saved.kept["units"]))])
    scores, _ = saved.model.forward(saved.params, ids, lengths)
    p = ops.to_numpy(ops.softmax(scores))[0]
    return f"{saved.kept['labels'][int(p.argmax())]}\t{p.max():.3f}\t{text}"


def translations(saved: Saved, text: str, beam: int) -> str:
    """Return the translation of a sentence, by a beam of so many.

    saved: what `load_model` returned. text: what is read.
    """
    source, target = saved.kept["source"], saved.kept["target"]
    ids = source.encode([*words_of(text), EOS])
    (found,) = translate(saved.model, saved.params, [ids], target.index[EOS], beam)
    return target.decode(found, " ")
