"""What tasks do with real data, on a few sentences: in the process, so that their lines are counted."""

import os
from typing import Any

import numpy as np
import pytest

from rnncore.data import EOS, NGram, jsb_chorales
from rnncore.tasks import music, names, polarity, tagging, translate, wordlm

quiet: dict[str, Any] = {"progress": False}
SENTENCES = ["the cat sees the dog", "the dog sees a cat", "a cat runs", "the dog runs", "a dog sees the cat"] * 8
TAGS = {"the": "DET", "a": "DET", "cat": "NOUN", "dog": "NOUN", "sees": "VERB", "runs": "VERB"}

real = pytest.mark.skipif("RNNCORE_DATA" not in os.environ, reason="RNNCORE_DATA names no folder with the real corpora")


def test_a_tagger_learns_a_small_treebank_and_spells_words_it_has_not_seen():
    train = [[(word, TAGS[word]) for word in s.split()] for s in SENTENCES]
    model, corpus, run = tagging.train_treebank(
        train, train[:5], 60, B=8, D=8, H=8, dropout=0.1, lr=0.02, every=20, **quiet
    )
    right, total = tagging.accuracy(model, run.best, corpus, train)
    assert right / total > 0.95 and total == sum(map(len, train))
    odd = [[("cats", "NOUN"), ("run", "VERB")]]
    ids, _, lengths, (letters, ends, which) = corpus.batch(odd)
    assert ids.T.tolist() == [[0, 0]] and letters.shape == (4, 2) and ends[which].T.tolist() == [[4, 3]]
    assert tagging.accuracy(model, run.best, corpus, odd)[1] == 2


def test_a_translator_learns_a_few_pairs_and_is_scored_by_sacrebleu():
    words = sorted({w for s in SENTENCES for w in s.split()})
    index = {word: k + 1 for k, word in enumerate(words)}
    pairs = [
        (np.array([*map(index.get, s.split()), 0]), np.array([*map(index.get, s.split()[::-1]), 0])) for s in SENTENCES
    ]
    model = translate.Seq2Seq(len(words) + 1, len(words) + 2, 16, 16, tied=True)
    run = translate.train_pairs(model, pairs, pairs[:5], 150, B=8, lr=0.02, smoothing=0.05, every=50, **quiet)
    found = translate.translate(model, run.best, [source for source, _ in pairs[:5]], 0, k=3)
    said = [" ".join(words[k - 1] for k in ids) for ids in found]
    meant = [" ".join(s.split()[::-1]) for s in SENTENCES[:5]]
    score, signature = translate.bleu(said, meant)
    assert score > 90 and "tok:13a" in signature and "case:lc" in signature
    assert translate.bleu(["THE CAT sees a dog"], ["the cat sees a dog"])[0] == pytest.approx(100)


def test_a_language_model_of_words_and_a_classifier_learn_a_few_sentences():
    split = [s.split() for s in SENTENCES]
    model, vocabulary, run = wordlm.train_sentences(
        split, split[:5], 60, D=12, H=12, B=8, lr=0.02, dropout=0.1, every=20, **quiet
    )
    total, count = wordlm.score(model, run.best, [vocabulary.encode([*s, EOS]) for s in split])
    assert total / count < 0.7 * np.log(len(vocabulary)) and count == sum(len(s) + 1 for s in split)
    labels = np.array([int("runs" in s) for s in split])
    value, run = polarity.train_fold(
        split, labels, np.arange(5), D=8, H=8, steps=60, B=8, lr=0.02, dropout=0.1, every=20, **quiet
    )
    assert value == 1.0
    parts = polarity.folds(23, 10, 0)
    assert sorted(np.concatenate(parts)) == list(range(23)) and {len(p) for p in parts} == {2, 3}


def test_names_are_split_by_language_and_classified_by_both_models():
    made = {"ab": ["ab" * n for n in range(1, 31)], "cd": ["dc" * n for n in range(1, 31)]}
    parts = names.split(made, 0)
    assert [len(p[0]) for p in parts] == [48, 6, 6] and parts[2][1].tolist() == [0, 0, 0, 1, 1, 1]
    assert names.ngram_accuracy(parts[0], parts[2], 2, 2) == 1.0
    value, _ = names.train(parts, 2, 30, H=8, B=8, lr=0.02, every=10, **quiet)
    assert value == 1.0


def test_chorales_train_score_and_go_on_by_themselves():
    piece = np.tile(np.array([[65, 60, 57, 53], [65, 60, 57, 53], [67, 62, 59, 55], [67, 62, 59, 55]]), (4, 1))
    chorales = music.Chorales([piece, piece + 1, piece[:8]])
    model, run = music.train_chorales(chorales, chorales, 12, D=8, H=12, B=2, every=6, **quiet)
    strings = chorales.strings()
    value = music.per_frame(model, run.best, strings)
    assert 0 < value < 4 * np.log(music.Chorales.K) + np.log(24)
    order = NGram(3, music.Chorales.K).fit(strings)
    frames = sum(len(s) // 4 for s in strings)
    assert music.ngram_per_frame(order, strings) == pytest.approx(-sum(map(order.logprob, strings)) / frames)
    voices = music.compose(model, run.best, 0, 6, np.random.default_rng(0))
    assert len(voices) == 4 and all(len(v) == 6 for v in voices)
    assert all(((v == 0) | ((v >= music.LOW) & (v <= music.HIGH))).all() for v in voices)


@real
@pytest.mark.real_data
@pytest.mark.slow
@pytest.mark.parametrize(
    "main, arguments, printed",
    [
        (wordlm, ["--data", "multi30k", "--steps", "2"], "perplexity"),
        (tagging, ["--data", "ud-english-ewt", "--steps", "2", "--hidden", "8"], "UPOS accuracy, test"),
        (
            translate,
            ["--data", "multi30k", "--steps", "2", "--limit", "300", "--hidden", "8", "--embedding", "8"],
            "BLEU",
        ),
        (polarity, ["--data", "rt-polarity", "--steps", "2", "--folds", "1"], "accuracy, mean over folds"),
        (names, ["--data", "names", "--steps", "2"], "-grams, order chosen on validation"),
        (music, ["--data", "jsb-chorales", "--steps", "1", "--hidden", "8"], "below the n-grams, percent"),
    ],
    ids=lambda value: value.__name__.rsplit(".", 1)[-1] if hasattr(value, "__name__") else "",
)
def test_a_task_runs_on_its_corpus_from_end_to_end(main, arguments, printed, capsys, tmp_path, monkeypatch):
    """All but charlm, which test_language_model.py runs. Of the chorales every eighth: n-grams of all take long."""
    monkeypatch.setattr(music, "jsb_chorales", lambda split: jsb_chorales(split)[::8])
    assert main.main([*arguments, "--quiet", "--results", str(tmp_path / "r.json")]) == 0
    assert printed in capsys.readouterr().out
