"""Hidden Markov sources: endless strings whose entropy rate, and whose every probability, is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["EVEN_PROCESS", "GOLDEN_MEAN", "SIMPLE_NONUNIFILAR", "SOURCES", "Source", "too_good"]


@dataclass(frozen=True)
class Source:
    """A stationary hidden Markov source. In state i it emits symbol x and moves to state j with probability T[x, i, j].

    It is unifilar if state and symbol always determine the next state; then its entropy rate is a finite sum.
    Entropies are in bits per symbol; log-probabilities are in nats.
    """

    name: str
    T: np.ndarray

    def __post_init__(self) -> None:
        if not np.allclose(self.T.sum(axis=(0, 2)), 1):
            raise ValueError(f"T: got sums {self.T.sum(axis=(0, 2))} over symbols and next states, expected 1 for each")

    @property
    def symbols(self) -> int:
        """The number K of symbols; they are 0..K-1."""
        return self.T.shape[0]

    def stationary(self) -> np.ndarray:
        """The distribution over states that one step leaves as it is: (states,)."""
        P = self.T.sum(axis=0)
        A = np.vstack([P.T - np.eye(len(P)), np.ones(len(P))])
        return np.linalg.lstsq(A, np.r_[np.zeros(len(P)), 1.0], rcond=None)[0]

    @property
    def unifilar(self) -> bool:
        """Do state and symbol determine the next state?"""
        return not (np.count_nonzero(self.T, axis=2) > 1).any()

    def entropy_rate(self, tolerance: float = 1e-7) -> float:
        """Bits per symbol of an endless string.

        Unifilar: the mean over states of the entropy of the next symbol. Otherwise the middle of two bounds that close
        in on it, the entropy of the next symbol given the last L, without and with the state before them (Cover and
        Thomas, 2006, section 4.5), for the first L at which they are within the tolerance, or at the longest L tried.
        """
        if self.unifilar:
            return float(self.stationary() @ _entropies(self.T.sum(axis=2).T))
        above = below = np.nan
        states = np.eye(len(self.stationary()))
        for L in range(2, 18):
            above = self.floor(L)
            known = [self._block_entropy(L + 1, s) - self._block_entropy(L, s) for s in states]
            below = float(self.stationary() @ np.array(known))
            if above - below <= tolerance:
                break
        return (above + below) / 2

    def sample(self, T: int, B: int, rng: np.random.Generator) -> np.ndarray:
        """B independent strings of T symbols, each begun in a state drawn from the stationary distribution: (T, B)."""
        if T < 1 or B < 1:
            raise ValueError(f"T, B: got {T}, {B}, expected at least 1 each")
        n = len(self.stationary())
        state = rng.choice(n, size=B, p=self.stationary())
        cumulative = self.T.transpose(0, 2, 1).reshape(-1, n).cumsum(axis=0)  # over (symbol, next state)
        strings = np.empty((T, B), dtype=np.int64)
        for t in range(T):
            move = (rng.random(B) >= cumulative[:-1, state]).sum(axis=0)
            strings[t], state = move // n, move % n
        return strings

    def belief(self, strings: np.ndarray) -> np.ndarray:
        """P(state | symbols so far) after each symbol: (T, B) -> (T, B, states). All a predictor must carry."""
        beliefs, current = [], np.tile(self.stationary(), (np.shape(strings)[1], 1))
        for row in np.asarray(strings):
            current = np.einsum("bi,bij->bj", current, self.T[row])
            current = current / current.sum(axis=1, keepdims=True)
            beliefs.append(current)
        return np.array(beliefs)

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

    def _block_entropy(self, length: int, start: np.ndarray | None = None) -> float:
        """Entropy in bits of the first `length` symbols, from a given distribution over states."""
        messages = (self.stationary() if start is None else start)[None, :]
        for _ in range(length):  # P(string, state), for all strings at once
            messages = np.einsum("ni,xij->nxj", messages, self.T).reshape(-1, messages.shape[1])
            messages = messages[messages.sum(axis=1) > 0]
        return float(_entropies(messages.sum(axis=1)[None, :])[0])


def _entropies(p: np.ndarray) -> np.ndarray:
    """Entropy in bits of each row."""
    return -(p * np.log2(p, out=np.zeros_like(p), where=p > 0)).sum(axis=1)


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

SIMPLE_NONUNIFILAR = Source(
    "simple-nonunifilar", _table(2, (0, 1, 0.5, 0), (0, 1, 0.5, 1), (1, 1, 0.5, 1), (1, 0, 0.5, 0))
)
"""Two states that a string does not tell apart for certain: the best predictor carries a real number."""

SOURCES = {source.name: source for source in (GOLDEN_MEAN, EVEN_PROCESS, SIMPLE_NONUNIFILAR)}
"""The sources by the names that commands use."""
