"""Tunes of several genres, each a Markov chain of notes: what the genre is worth, in bits."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from rnncore.data.sources.checks import check_probabilities
from rnncore.ops import check_ids, check_sizes

__all__ = ["MELODIES", "STRONG", "WEAK", "Tunes"]


@dataclass(frozen=True)
class Tunes:
    """Genre g has probability prior[g]; its first note is drawn from start[g], the next from transitions[g, note].

    start: (G, M), transitions: (G, M, M), prior: (G,), pitches: (M,) MIDI numbers, for playing.
    """

    start: np.ndarray
    transitions: np.ndarray
    prior: np.ndarray
    pitches: np.ndarray

    def __post_init__(self) -> None:
        if self.start.ndim != 2:
            raise ValueError(f"start: got shape {self.start.shape}, expected (genres, notes)")
        G, M = self.start.shape
        for name, shape in [("transitions", (G, M, M)), ("prior", (G,)), ("pitches", (M,))]:
            if getattr(self, name).shape != shape:
                raise ValueError(
                    f"{name}: got shape {getattr(self, name).shape}, expected {shape} as start has {(G, M)}"
                )
        for name, rows in [("start", self.start), ("transitions", self.transitions), ("prior", self.prior)]:
            check_probabilities(name, rows)

    @property
    def symbols(self) -> int:
        """Return the number M of notes; they are 0..M-1.

        Tunes have a length that is given, and no end among the notes.
        """
        return self.start.shape[1]

    @property
    def genres(self) -> int:
        """Return the number G of genres."""
        return len(self.prior)

    def sample(self, T: int, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Draw tunes (T, n) and their genres (n,).

        rng: draws.
        """
        T, n = check_sizes(T=T, n=n)
        genres = rng.choice(len(self.prior), size=n, p=self.prior)
        tunes = np.empty((T, n), dtype=np.int64)
        for t in range(T):
            p = self.start[genres] if t == 0 else self.transitions[genres, tunes[t - 1]]
            tunes[t] = (rng.random((n, 1)) >= p.cumsum(axis=1)[:, :-1]).sum(axis=1)
        return tunes, genres

    def logprob(self, tunes: np.ndarray, genres: np.ndarray) -> np.ndarray:
        """Return log P(tune | genre) of each tune, (T, n) and (n,) -> (n,), in nats; -inf where it cannot be.

        tunes: integers (T, B). genres: integers (B,).
        """
        tunes, genres = np.asarray(tunes), np.asarray(genres)
        if tunes.ndim != 2 or not len(tunes) or genres.shape != tunes.shape[1:]:
            raise ValueError(f"tunes, genres: got shapes {tunes.shape}, {genres.shape}, expected (T, n), (n,), T >= 1")
        check_ids("tunes", tunes, self.symbols)
        check_ids("genres", genres, self.genres)
        with np.errstate(divide="ignore"):
            total = np.log(self.start[genres, tunes[0]])
            for before, after in itertools.pairwise(tunes):
                total = total + np.log(self.transitions[genres, before, after])
        return total

    def marginal_logprob(self, tunes: np.ndarray) -> np.ndarray:
        """Return log P(tune) of each tune, whatever its genre, in nats.

        tunes: integers (T, B).
        """
        tunes = np.asarray(tunes)
        n = tunes.shape[-1] if tunes.ndim else 0
        each = [self.logprob(tunes, np.full(n, g)) + np.log(p) for g, p in enumerate(self.prior) if p > 0]
        return np.logaddexp.reduce(each, axis=0)

    def information(self, T: int) -> float:
        """Return I(genre; first T notes) in bits, by enumeration of all tunes. Never more than the genre's own entropy.

        Raises ValueError for T below 1, and when there are more than a million tunes.
        """
        M = self.symbols
        (T,) = check_sizes(T=T)
        if M**T > 1_000_000:
            raise ValueError(f"T: got {T}, expected at most a million tunes, {M}^T")
        tunes = np.array(list(itertools.product(range(M), repeat=T))).T
        marginal, total = self.marginal_logprob(tunes), 0.0
        for g, prior in enumerate(self.prior):
            logp = self.logprob(tunes, np.full(tunes.shape[1], g))
            possible = np.isfinite(logp)
            if prior > 0:
                total += prior * (np.exp(logp[possible]) * (logp[possible] - marginal[possible])).sum()
        return float(total / np.log(2))

    def information_curve(self, T: int) -> np.ndarray:
        """Return I(genre; first t notes) in bits for t = 1..T, (T,): it never falls; its differences are what notes
        add.
        """
        (T,) = check_sizes(T=T)
        return np.array([self.information(t) for t in range(T, 0, -1)][::-1])  # the longest first: it may be refused

    def information_estimate(self, T: int, n: int, rng: np.random.Generator) -> tuple[float, float]:
        """Estimate the same from n sampled tunes, with its standard error: for tunes too many to enumerate. Bits.

        T: steps. rng: draws.
        """
        (n,) = check_sizes(2, n=n)  # one has no standard error
        tunes, genres = self.sample(T, n, rng)
        each = (self.logprob(tunes, genres) - self.marginal_logprob(tunes)) / np.log(2)
        return float(each.mean()), float(each.std(ddof=1) / np.sqrt(n))


def _stay(p: float) -> Tunes:
    """Make two genres over two notes: one repeats its note with probability p, the other with 1 - p."""
    chains = np.array([[[p, 1 - p], [1 - p, p]], [[1 - p, p], [p, 1 - p]]])
    return Tunes(np.full((2, 2), 0.5), chains, np.full(2, 0.5), np.array([60, 67]))


def _melodies() -> Tunes:
    """Make three genres over a C major scale: steps, leaps of thirds and fifths, and a drone that returns to C."""
    distance = np.abs(np.arange(8)[:, None] - np.arange(8)[None, :])
    steps = np.where(distance == 1, 6.0, np.where(distance == 0, 1.0, 0.2))
    leaps = np.where(distance == 2, 5.0, np.where(distance == 4, 3.0, 0.2))
    drone = np.where(np.arange(8)[None, :] == 0, 5.0, 1.0) + 0 * distance
    transitions = np.stack([chain / chain.sum(axis=1, keepdims=True) for chain in (steps, leaps, drone)])
    start = np.array([[0.5, 0, 0.3, 0, 0.2, 0, 0, 0], [0.4, 0, 0.3, 0, 0.3, 0, 0, 0], [1.0, 0, 0, 0, 0, 0, 0, 0]])
    return Tunes(start, transitions, np.full(3, 1 / 3), np.array([60, 62, 64, 65, 67, 69, 71, 72]))


STRONG = _stay(0.9)
"""Two genres that a few notes tell apart."""

WEAK = _stay(0.6)
"""Two genres that many notes hardly tell apart."""

MELODIES = _melodies()
"""Three genres over a scale, worth listening to."""
