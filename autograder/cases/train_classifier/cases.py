"""A trained classifier, on reviews that nobody has seen, against the best that is possible.

Which words are which integers is drawn, so that nobody can know them. The labels of the new reviews are free of
the noise: so the share of right labels is counted without that part of chance, and then said for noisy labels.
"""

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import OWN, Contract, Keys
from rnncore.data.sources import Reviews

FUNCTIONS = ("gru_scores", "gru_gradients", "train_classifier")
EQUATION = "adam"
PAGE = "ch06_classification/training"
GIVEN = {
    "gru_scores": Contract(
        takes={"ids": "T B", "lengths": "B", "P": {"c": "K"}}, returns={"scores": "B K", "cache": OWN}
    )
}
CONTRACT = Contract(
    takes={"data": None},
    returns={"P": Keys({"E": "symbols 3H", "W": "3H H", "b": "3H", "U": "K H", "c": "K"}, "as gru_scores takes it")},
)
SECONDS = 30
NOISE, ENOUGH = 0.05, 0.92


def padded(seqs, words):
    ids = np.zeros((max(map(len, seqs)), len(seqs)), int)
    for b, seq in enumerate(seqs):
        ids[: len(seq), b] = words[seq]
    return ids, np.array([len(seq) for seq in seqs])


def judge(truth):
    def told(outputs):
        scores = np.asarray(outputs["scores"], float)
        if scores.shape != (len(truth), 2) or not np.isfinite(scores).all():
            return "the scores of new reviews are not two finite numbers each"
        right = NOISE + (1 - 2 * NOISE) * float((scores.argmax(axis=1) == truth).mean())
        if right >= ENOUGH:
            return None
        found = f"of new reviews {right:.0%} get the right label; 95 % is possible, and {ENOUGH:.0%} is asked for. "
        if right < 0.4:
            return found + "That is worse than a coin: do the steps go up the loss, or are the labels turned over?"
        if (scores.argmax(axis=1) == scores[0].argmax()).all():
            return found + ("All of them get the same label. Does every batch hold both labels? "
                            "Is the start anything but zero everywhere?")  # fmt: skip
        if right < 0.6:
            return (
                found
                + "That is a coin, or a bag of words. Does P change, and do words and labels still belong together?"
            )
        return (
            found + "Something is learned. Are all of P trained, with enough batches, and with steps of a fitting size?"
        )

    return told


def cases(rng):
    source = Reviews(NOISE)
    words = rng.permutation(source.symbols)
    (seqs, labels), (fresh, _) = source.sample(4000, rng), source.sample(1000, rng)
    order = np.argsort(labels, kind="stable")
    ids, lengths = padded(seqs, words)
    data = (ids[:, order], lengths[order], labels[order])
    known = {sentence: label for sentence, label in source.sentences}
    truth = np.array([known[tuple(int(k) for k in seq)] for seq in fresh])
    cfg = {"symbols": source.symbols, "units": 12, "updates": 300, "batch": 32, "lr": 0.02}
    draws = np.random.default_rng(rng.integers(2**32))

    def run(f):
        P = f.train_classifier(data, cfg, draws)
        ids, lengths = padded(fresh, words)
        parts = [f.gru_scores(ids[:, k : k + 250], lengths[k : k + 250], P)[0] for k in range(0, len(fresh), 250)]
        return {"scores": np.concatenate(parts)}

    yield Case("new reviews", run, judge=judge(truth))
