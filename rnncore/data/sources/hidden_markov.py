"""Hidden Markov sources: endless strings whose entropy rate, and whose every probability, is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnncore.ops import check_ids, check_sizes

__all__ = ["EVEN_PROCESS", "GOLDEN_MEAN", "SIMPLE_NONUNIFILAR", "SOURCES", "Source", "too_good"]

MOST_STRINGS = 2**18
"""entropy_rate enumerates so many strings at most, floor four times as many."""


@dataclass(frozen=True)
class Source:
    """A stationary hidden Markov source. In state i it emits symbol x and moves to state j with probability T[x, i, j].

    It is unifilar if state and symbol always determine the next state; then its entropy rate is a finite sum.
    Entropies are in bits per symbol; log-probabilities are in nats. T: (symbols, states, states).
    """

    name: str
    T: np.ndarray

    def __post_init__(self) -> None:
        if self.T.ndim != 3 or self.T.shape[1] != self.T.shape[2]:
            raise ValueError(f"T: got shape {self.T.shape}, expected (symbols, states, states)")
        if (self.T < 0).any():
            raise ValueError(f"T: got {self.T.min()}, expected no negative probability")
        if not np.allclose(self.T.sum(axis=(0, 2)), 1):
            raise ValueError(f"T: got sums {self.T.sum(axis=(0, 2))} over symbols and next states, expected 1 for each")

    @property
    def symbols(self) -> int:
        """Return the number K of symbols; they are 0..K-1."""
        return self.T.shape[0]

    def stationary(self) -> np.ndarray:
        """Return the distribution over states that one step leaves as it is: (states,)."""
        P = self.T.sum(axis=0)
        A = np.vstack([P.T - np.eye(len(P)), np.ones(len(P))])
        return np.linalg.lstsq(A, np.r_[np.zeros(len(P)), 1.0], rcond=None)[0]

    @property
    def unifilar(self) -> bool:
        """Say whether state and symbol determine the next state."""
        return not (np.count_nonzero(self.T, axis=2) > 1).any()

    def entropy_rate(self, tolerance: float = 1e-7) -> float:
        """Return bits per symbol of an endless string.

        Unifilar: the mean over states of the entropy of the next symbol, exactly. Otherwise the middle of the two
        entropy_bounds at the first L >= 2 at which they are within the tolerance, in bits. Raises ValueError, with the
        last bounds, when they are not by the time there are 2^18 strings.
        """
        if self.unifilar:
            return float(self.stationary() @ _entropies(self.T.sum(axis=2).T))
        below, above, L = 0.0, float(np.log2(self.symbols)), 2
        while above - below > tolerance:
            if self.symbols ** (L + 1) > MOST_STRINGS:
                raise ValueError(
                    f"tolerance: got {tolerance}, expected at least {above - below:.3g}: with at most"
                    f" {MOST_STRINGS} strings the rate lies in {below:.9f}..{above:.9f}"
                )
            below, above = self.entropy_bounds(L)
            L += 1
        return (above + below) / 2

    def entropy_bounds(self, L: int) -> tuple[float, float]:
        """Return bits per symbol below and above the entropy rate, for any source: they close in on it as L grows.

        The entropy of the next symbol given the last L, with and without the state before them (Cover and Thomas,
        2006, section 4.5), by enumeration of all strings. Raises ValueError as `floor` does.
        """
        (L,) = check_sizes(0, L=L)
        above = self.floor(L)
        known = [self._block_entropy(L + 1, s) - self._block_entropy(L, s) for s in np.eye(len(self.stationary()))]
        return float(self.stationary() @ np.array(known)), above

    def sample(self, T: int, B: int, rng: np.random.Generator) -> np.ndarray:
        """Draw B independent strings of T symbols, each begun in a state from the stationary distribution: (T, B).

        rng: draws.
        """
        T, B = check_sizes(T=T, B=B)
        n = len(self.stationary())
        state = rng.choice(n, size=B, p=self.stationary())
        cumulative = self.T.transpose(0, 2, 1).reshape(-1, n).cumsum(axis=0)  # over (symbol, next state)
        strings = np.empty((T, B), dtype=np.int64)
        for t in range(T):
            move = (rng.random(B) >= cumulative[:-1, state]).sum(axis=0)
            strings[t], state = move // n, move % n
        return strings

    def belief(self, strings: np.ndarray) -> np.ndarray:
        """Return P(state | symbols so far) after each symbol: (T, B) -> (T, B, states). All a predictor must carry.

        strings: what `sample` drew.
        Raises ValueError for a string that the source cannot have produced.
        """
        strings = self._checked(strings)
        beliefs, current = [], np.tile(self.stationary(), (strings.shape[1], 1))
        for t, row in enumerate(strings):
            current = np.einsum("bi,bij->bj", current, self.T[row])
            mass = current.sum(axis=1, keepdims=True)
            if not mass.all():
                raise ValueError(f"strings: got an impossible symbol at step {t}, expected strings of the source")
            current = current / mass
            beliefs.append(current)
        return np.array(beliefs)

    def logprob(self, strings: np.ndarray) -> np.ndarray:
        """Return log P of each string, (T, B) -> (B,), in nats; -inf where the source cannot have produced it.

        The forward algorithm, rescaled at every step.
        strings: what `sample` drew.
        """
        strings = self._checked(strings)
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
        """Return bits per symbol of the best model that sees only the last `order` symbols, by enumeration of all
        strings.

        Raises ValueError for a negative order, or more than 2^20 strings.
        """
        (order,) = check_sizes(0, order=order)
        if self.symbols ** (order + 1) > 4 * MOST_STRINGS:
            raise ValueError(f"order: got {order}, expected at most {4 * MOST_STRINGS} strings")
        return self._block_entropy(order + 1) - self._block_entropy(order)

    def _checked(self, strings: np.ndarray) -> np.ndarray:
        strings = np.asarray(strings)
        if strings.ndim != 2:
            raise ValueError(f"strings: got shape {strings.shape}, expected (T, B)")
        check_ids("strings", strings, self.symbols)
        return strings

    def _block_entropy(self, length: int, start: np.ndarray | None = None) -> float:
        """Return the entropy in bits of the first `length` symbols, from a given distribution over states."""
        messages = (self.stationary() if start is None else start)[None, :]
        for _ in range(length):  # P(string, state), for all strings at once
            messages = np.einsum("ni,xij->nxj", messages, self.T).reshape(-1, messages.shape[1])
            messages = messages[messages.sum(axis=1) > 0]
        return float(_entropies(messages.sum(axis=1)[None, :])[0])


def _entropies(p: np.ndarray) -> np.ndarray:
    """Return the entropy in bits of each row."""
    return -(p * np.log2(p, out=np.zeros_like(p), where=p > 0)).sum(axis=1)


def too_good(logq: float, logp: float, nats: float = 20.0) -> bool:
    """Sound the alarm: does a model score a sample better than the source that made it, by more than `nats`?

    logq, logp: total log-probability of one and the same sample under the model and under the source, in nats.
    The model must be normalised and fixed before the sample was drawn. Then E[Q/P] <= 1 under P, so by Markov's
    inequality a false alarm has probability at most exp(-nats): 2.1e-9 at 20.
    """
    return bool(logq - logp > nats)


def _table(states: int, *moves: tuple[int, int, float, int]) -> np.ndarray:
    """Build T from (state, symbol, probability, next state)."""
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
