"""Strings out of a model: greedy, by sampling, by beam search.

A model is given as step(ids, state) -> (logits, state): ids (N,) integers, logits (N, K), and a state whose every part
has the N sequences along axis 1, as `LanguageModel.step` and `Seq2Seq.step` have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from rnncore import ops
from rnncore.types import Array, State

__all__ = ["Hypothesis", "beam", "greedy", "sample", "stream", "without"]

Step = Callable[[Array, State], tuple[Array, State]]


def sample(
    step: Step,
    state: Any,
    start: np.ndarray,
    T: int,
    rng: np.random.Generator,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    eos: int | None = None,
) -> np.ndarray:
    """Draw up to T symbols for each of B sequences, each from softmax(logits / temperature), and feed it back.

    Equation: temperature
    start: (B,) the symbols to read first, or (P, B) a prefix to read in order. temperature: 0 takes the most probable
    symbol. top_k: keep only the k most probable; ties at the edge are all kept. top_p: keep the smallest set of most
    probable symbols whose probability reaches p (nucleus sampling; Holtzman and others, 2020). eos: a sequence that has
    emitted it repeats it, and drawing ends when all have. Returns ids (T or fewer, B).
    A logit of -inf is never drawn; where some are +inf, they alone are, each as often.
    step: called as step(ids, state). state: the initial one, each part (L, B, H), or None for zeros. rng: draws.
    Raises ValueError for a negative or infinite temperature, a top_k below 1, a top_p outside (0, 1], a negative T or a
    start of another rank, TypeError for one that is not of integers, FloatingPointError for logits that are NaN, or all
    -inf.
    """
    drawn = [*stream(step, state, start, T, rng, temperature, top_k, top_p, eos)]
    return np.array(drawn, np.int64).reshape(len(drawn), _starting(start).shape[1])


def stream(
    step: Step,
    state: Any,
    start: np.ndarray,
    T: int,
    rng: np.random.Generator,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    eos: int | None = None,
) -> Iterator[np.ndarray]:
    """Draw as `sample` does, and give the symbols (B,) of each step as soon as they are drawn.

    Arguments and errors are those of `sample`; the arguments are checked here and now, before the first is asked for.
    state: the initial one, each part (L, B, H), or None for zeros. start: (B,) integers, the symbols to read first. T:
    steps. rng: draws. temperature: of the samples, 0 for the most probable. top_k: as in `sample`. top_p: as in
    `sample`. eos: number of the symbol that ends a string.
    """
    if not 0 <= temperature < np.inf or (top_p is not None and not 0 < top_p <= 1):
        raise ValueError(f"temperature, top_p: got {temperature}, {top_p}, expected >= 0, None or in (0, 1]")
    (T,) = ops.check_sizes(0, T=T)
    if top_k is not None:
        (top_k,) = ops.check_sizes(top_k=top_k)
    return _drawn(step, state, _starting(start), T, rng, (temperature, top_k, top_p), eos)


def _drawn(step, state, prefix, T, rng, how, eos):
    for ids in prefix[:-1]:
        _, state = step(ids, state)
    ids, ended = prefix[-1], np.zeros(prefix.shape[1], bool)
    for _ in range(T):
        logits, state = step(ids, state)
        ids = _choose(_below_largest(logits), rng, *how)
        if eos is not None:
            ids = np.where(ended, eos, ids)
            ended |= ids == eos
        yield ids
        if eos is not None and ended.all():
            return


def greedy(step: Step, state: Any, start: np.ndarray, T: int, eos: int | None = None) -> np.ndarray:
    """Take the most probable symbol each time: `sample` at temperature 0. Returns ids (T or fewer, B).

    step: called as step(ids, state). state: the initial one, each part (L, B, H), or None for zeros. start: (B,)
    integers, the symbols to read first. eos: number of the symbol that ends a string.
    """
    return sample(step, state, start, T, np.random.default_rng(0), temperature=0, eos=eos)


def without(symbol: int | None, step: Step) -> Step:
    """Return a step after which a symbol, such as the unknown one, is impossible; `step` itself for None."""
    if symbol is None:
        return step

    def other(ids: Array, state: State) -> tuple[np.ndarray, State]:
        logits, state = step(ids, state)
        logits = np.array(ops.to_numpy(logits))
        logits[:, symbol] = -np.inf
        return logits, state

    return other


def _starting(start):
    """Return the prefix to read, (P, B)."""
    prefix = np.asarray(start)
    ops.check_integers("start", prefix)
    if prefix.ndim not in (1, 2) or (prefix.ndim == 2 and not len(prefix)):
        raise ValueError(f"start: got shape {prefix.shape}, expected (B,) or (P, B) with P at least 1")
    return np.atleast_2d(prefix)


def _below_largest(logits):
    """Return logits minus the largest of their row, in float64, (B, K): 0 where it stands, were it infinite."""
    logits = ops.to_numpy(logits).astype(np.float64)
    if np.isnan(logits).any():
        raise FloatingPointError("logits: got NaN, expected numbers")
    largest = logits.max(axis=-1, keepdims=True)
    if (largest == -np.inf).any():
        raise FloatingPointError("logits: got -inf for every symbol, expected one that is possible")
    return np.subtract(logits, largest, out=np.zeros_like(logits), where=logits < largest)


def _choose(logits, rng, temperature, top_k, top_p):
    """Draw one symbol per row of logits (B, K), whose largest is 0."""
    if temperature == 0:
        return logits.argmax(axis=-1)
    with np.errstate(over="ignore"):  # far below the largest at a low temperature: never drawn
        logits = logits / temperature
    if top_k is not None and top_k < logits.shape[-1]:
        edge = np.partition(logits, -top_k, axis=-1)[..., -top_k, None]
        logits = np.where(logits >= edge, logits, -np.inf)
    p = np.exp(logits)
    p /= p.sum(axis=-1, keepdims=True)
    if top_p is not None:
        order = np.argsort(-p, axis=-1, kind="stable")
        reached = np.take_along_axis(p, order, axis=-1).cumsum(axis=-1)
        outside = np.zeros(p.shape, bool)
        enough = reached[..., :-1] >= top_p * (1 - 1e-9)  # before it: then the symbol is not needed
        np.put_along_axis(outside, order[..., 1:], enough, axis=-1)
        p = np.where(outside, 0.0, p)
        p /= p.sum(axis=-1, keepdims=True)
    # the last symbol with a positive probability takes what rounding leaves over
    return (rng.random((len(p), 1)) >= (p.cumsum(axis=-1) / p.sum(axis=-1, keepdims=True))[:, :-1]).sum(axis=-1)


class Hypothesis(NamedTuple):
    """One finished string of a beam: ids with EOS if it ended, its log-probability in nats, its normalised score."""

    ids: np.ndarray
    logp: float
    score: float


def beam(step: Step, state: Any, start: np.ndarray, eos: int, k: int, alpha: float, T: int) -> list[list[Hypothesis]]:
    """Search with the k most promising strings at a time, for each of B sequences; all are stepped together.

    Equation: beam-score
    start: (B,) the symbols to read first. At each step the best continuations by log-probability are kept. One that
    ends in EOS is finished and keeps its place in the beam, so k = 1 is greedy search. What has not ended after T
    symbols counts as it is. alpha: the score is log-probability / length^alpha, EOS counted; 0 for the log-probability
    itself, larger favours longer strings. Returns for each sequence its k or fewer hypotheses, best score first.
    state: the initial one, each part (L, B, H), or None for zeros. eos: number of the symbol that ends a string.
    Raises ValueError for k or T below 1, or alpha below 0.
    """
    k, T = ops.check_sizes(k=k, T=T)
    if not alpha >= 0:
        raise ValueError(f"alpha: got {alpha}, expected at least 0")
    ids = _starting(start)[-1]
    owner = np.arange(len(ids))  # the sequence that each live string belongs to
    logp, strings = np.zeros(len(ids)), [[] for _ in ids]
    finished: list[list[Hypothesis]] = [[] for _ in ids]
    for _ in range(T):
        logits, state = step(ids, state)
        total = logp[:, None] + ops.log_softmax(_below_largest(logits))
        parents, symbols = _continue(total, owner, k, finished)
        new_logp, new_strings = total[parents, symbols], [[*strings[p], int(s)] for p, s in zip(parents, symbols)]
        live = symbols != eos
        for p, string, value, alive in zip(parents, new_strings, new_logp, live):
            if not alive:
                finished[owner[p]].append(_hypothesis(string, float(value), alpha))
        kept = parents[live]
        strings = [string for string, alive in zip(new_strings, live) if alive]
        ids, logp, owner = symbols[live], new_logp[live], owner[kept]
        if not len(ids):
            break
        state = tuple(ops.namespace(part).take(part, ops.asarray_like(kept, part), axis=1) for part in state)
    for string, value, sequence in zip(strings, logp, owner):
        finished[sequence].append(_hypothesis(string, float(value), alpha))
    return [sorted(found, key=lambda h: -h.score) for found in finished]


def _continue(total, owner, k, finished):
    """Return the best continuations of each sequence's live strings, as many as it has places: rows and columns of
    total.
    """
    parents, symbols = [], []
    for sequence in np.unique(owner):
        rows = np.flatnonzero(owner == sequence)
        scores = total[rows].ravel()
        places = min(k - len(finished[sequence]), len(scores))
        best = np.argpartition(-scores, places - 1)[:places]
        best = best[np.argsort(-scores[best], kind="stable")]
        parents.append(rows[best // total.shape[1]])
        symbols.append(best % total.shape[1])
    return np.concatenate(parents), np.concatenate(symbols)


def _hypothesis(string, logp, alpha):
    return Hypothesis(np.array(string), logp, logp / len(string) ** alpha)
