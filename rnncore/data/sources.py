"""Sources whose optimum is known exactly: each computes its own entropy and the probability of any string."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

__all__ = ["EVEN_PROCESS", "GOLDEN_MEAN", "SOURCES", "Source", "too_good"]


@dataclass(frozen=True)
class Source:
    """A stationary hidden Markov source. In state i it emits symbol x and moves to state j with probability T[x, i, j].

    It is unifilar: state and symbol determine the next state. That makes its entropy rate a finite sum.
    Entropies are in bits per symbol; log-probabilities are in nats.
    """

    name: str
    T: np.ndarray

    def __post_init__(self) -> None:
        if not np.allclose(self.T.sum(axis=(0, 2)), 1):
            raise ValueError(f"T: got sums {self.T.sum(axis=(0, 2))} over symbols and next states, expected 1 for each")
        if (np.count_nonzero(self.T, axis=2) > 1).any():
            raise ValueError("T: got two next states for one state and symbol, expected a unifilar source")

    @property
    def symbols(self) -> int:
        """The number K of symbols; they are 0..K-1."""
        return self.T.shape[0]

    def stationary(self) -> np.ndarray:
        """The distribution over states that one step leaves as it is: (states,)."""
        P = self.T.sum(axis=0)
        A = np.vstack([P.T - np.eye(len(P)), np.ones(len(P))])
        return np.linalg.lstsq(A, np.r_[np.zeros(len(P)), 1.0], rcond=None)[0]

    def entropy_rate(self) -> float:
        """Bits per symbol of an endless string: the mean over states of the entropy of the next symbol."""
        p = self.T.sum(axis=2)
        logs = np.log2(p, out=np.zeros_like(p), where=p > 0)
        return float(-(self.stationary() * (p * logs).sum(axis=0)).sum())

    def sample(self, T: int, B: int, rng: np.random.Generator) -> np.ndarray:
        """B independent strings of T symbols, each begun in a state drawn from the stationary distribution: (T, B)."""
        state = rng.choice(len(self.stationary()), size=B, p=self.stationary())
        cumulative, following = self.T.sum(axis=2).cumsum(axis=0), self.T.argmax(axis=2)
        strings = np.empty((T, B), dtype=np.int64)
        for t in range(T):
            strings[t] = (rng.random(B) >= cumulative[:-1, state]).sum(axis=0)
            state = following[strings[t], state]
        return strings

    def logprob(self, strings: np.ndarray) -> np.ndarray:
        """log P of each string, (T, B) -> (B,), in nats; -inf where the source cannot have produced it.

        The forward algorithm, rescaled at every step.
        """
        strings = np.asarray(strings)
        if strings.ndim != 2 or (strings.size and not 0 <= strings.min() <= strings.max() < self.symbols):
            raise ValueError(f"strings: got shape {strings.shape}, expected (T, B) of symbols 0..{self.symbols - 1}")
        belief = np.tile(self.stationary(), (strings.shape[1], 1))
        total = np.zeros(strings.shape[1])
        with np.errstate(divide="ignore"):
            for row in strings:
                belief = np.einsum("bi,bij->bj", belief, self.T[row])
                mass = belief.sum(axis=1)
                total += np.log(mass)
                belief = belief / np.where(mass > 0, mass, 1)[:, None]
        return total

    def floor(self, order: int) -> float:
        """Bits per symbol of the best model that sees only the last `order` symbols, by enumeration of all strings."""
        return self._block_entropy(order + 1) - self._block_entropy(order)

    def _block_entropy(self, length: int) -> float:
        """Entropy in bits of the first `length` symbols."""
        if length == 0:
            return 0.0
        strings = np.array(list(itertools.product(range(self.symbols), repeat=length))).T
        logp = self.logprob(strings)
        logp = logp[np.isfinite(logp)]
        return float(-(np.exp(logp) * logp).sum() / np.log(2))


def too_good(logq: float, logp: float, nats: float = 20.0) -> bool:
    """The alarm: does a model score a sample better than the source that made it, by more than `nats`?

    logq, logp: total log-probability of one and the same sample under the model and under the source, in nats.
    The model must be normalised and fixed before the sample was drawn. Then E[Q/P] <= 1 under P, so by Markov's
    inequality a false alarm has probability at most exp(-nats): 2.1e-9 at 20.
    """
    return bool(logq - logp > nats)


def _table(states: int, *moves: tuple[int, int, float, int]) -> np.ndarray:
    """T from (state, symbol, probability, next state)."""
    T = np.zeros((2, states, states))
    for state, symbol, probability, following in moves:
        T[symbol, state, following] = probability
    return T


GOLDEN_MEAN = Source("golden-mean", _table(2, (0, 1, 0.5, 0), (0, 0, 0.5, 1), (1, 1, 1.0, 0)))
"""No two 0s in a row, else a fair coin. The last symbol tells all: the best order-1 model is optimal."""

EVEN_PROCESS = Source("even-process", _table(2, (0, 0, 0.5, 0), (0, 1, 0.5, 1), (1, 1, 1.0, 0)))
"""Runs of 1s have even length, else a fair coin. No finite window tells all, but one bit of memory does."""

SOURCES = {source.name: source for source in (GOLDEN_MEAN, EVEN_PROCESS)}
