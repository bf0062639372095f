"""A trained language model against its source: no worse than by a few hundredths of a bit, and no better at all.

The source is the even process, with a probability and a numbering of the symbols that are drawn. The alarm: for a
normalised model Q and a source P, E[Q/P] <= 1, so log Q - log P > 20 nats happens once in e^20 times (Markov's
inequality). Both score the same strings, which the model has not seen.
"""

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract, Keys

FUNCTIONS = ("gru_logits", "gru_gradients", "lm_logits", "train_lm")
EQUATION = "lm-batches"
PAGE = "ch07_language/training"
CONTRACT = Contract(
    takes={"ids": "N"},
    returns={"P": Keys({"E": "K 3H", "W": "3H H", "b": "3H", "U": "K H", "c": "K"}, "as lm_logits takes it")},
)
SECONDS = 30
BITS, ALARM = 0.08, 20


def strings(p, one, T, B, rng):
    """Strings (T, B) of the source, from its stationary state, and their log-probability in all.

    Between runs the state is 0: `one` comes with probability p and has to come again; else the other symbol comes.
    The state before the first symbol is hidden, so its two values are summed over.
    """
    start = np.array([1, p]) / (1 + p)
    state = (rng.random(B) > start[0]).astype(int)
    ids = np.empty((T, B), int)
    weights = np.tile(start, (B, 1))
    logp = np.zeros(B)
    for t in range(T):
        ones = (state == 1) | (rng.random(B) < p)
        state = np.where(ones, 1 - state, 0)
        ids[t] = np.where(ones, one, 1 - one)
        weights = np.where(ones[:, None], np.stack([weights[:, 1], weights[:, 0] * p], axis=1),
                           np.stack([weights[:, 0] * (1 - p), np.zeros(B)], axis=1))  # fmt: skip
        mass = weights.sum(axis=1)
        logp += np.log(mass)
        weights = weights / mass[:, None]
    return ids, logp.sum()


def judge(ids, best, K):
    def told(outputs):
        logits = np.asarray(outputs["logits"], float)
        if logits.shape != (*ids.shape, K) or not np.isfinite(logits).all():
            return f"the logits of new strings, {ids.shape}, are not finite numbers of shape {(*ids.shape, K)}"
        shifted = logits - logits.max(axis=-1, keepdims=True)
        logq = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        gain = np.take_along_axis(logq, ids[:, :, None], axis=-1).sum() - best
        bits = -gain / ids.size / np.log(2)
        if gain > ALARM:
            return (f"new strings score better than their own source does, by {gain:.0f} nats. No model can: this one "
                    "must see the symbol that it is asked for")  # fmt: skip
        if bits <= BITS:
            return None
        found = f"on new strings the score is {bits:.3f} bits per symbol above the source's own; {BITS} is asked for. "
        if bits > 1:
            return found + "Worse than a coin: is the gradient's sign right, and are the steps small enough?"
        if bits > 0.2:
            return found + "That is as good as without any memory. Does P change, and are the targets one step ahead?"
        return found + "A little memory is there. Are all of P trained, with enough updates, over enough steps?"

    return told


def cases(rng):
    p, one = rng.uniform(0.4, 0.6), int(rng.integers(2))
    text = strings(p, one, 12000, 1, rng)[0][:, 0]
    fresh, best = strings(p, one, 60, 60, rng)
    cfg = {"symbols": 2, "units": 20, "streams": 16, "steps": 20, "updates": 600, "lr": 0.02}
    draws = np.random.default_rng(rng.integers(2**32))

    def run(f):
        P = f.train_lm(text, cfg, draws)
        return {"logits": f.lm_logits(fresh, P)}

    yield Case("new strings of the source", run, judge=judge(fresh, best, 2))
