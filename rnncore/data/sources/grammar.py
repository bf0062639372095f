"""Finite-state grammars: strings of varying length whose entropy and probabilities are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnncore.ops import check_sizes

__all__ = ["EMBEDDED_REBER", "REBER", "Grammar"]


@dataclass(frozen=True)
class Grammar:
    """Strings written by a walk from state 0 to the last state, which has no way out.

    words: the name of each symbol. arcs: (state, symbol, probability, next state); probabilities out of a state sum to
    one, and a state and a symbol determine the next state, so a string has one walk. Raises ValueError for other arcs,
    and for a state from which the last one is out of reach.
    """

    name: str
    words: tuple[str, ...]
    arcs: tuple[tuple[int, int, float, int], ...]

    def __post_init__(self) -> None:
        if not self.arcs:
            raise ValueError("arcs: got none, expected at least one")
        for state, symbol, p, following in self.arcs:
            if not (0 <= symbol < self.symbols and p > 0 and 0 <= state < self.states and following >= 0):
                raise ValueError(
                    f"arcs: got {(state, symbol, p, following)}, expected a state before the last,"
                    f" a symbol in 0..{self.symbols - 1}, a probability above 0, a state"
                )
        out = np.zeros(self.states)
        for state, _, p, _ in self.arcs:
            out[state] += p
        if not np.allclose(out[:-1], 1) or out[-1] != 0:
            raise ValueError(
                f"arcs: got sums {out.tolist()} out of the states, expected 1 for each but the last, and 0"
            )
        if len({(state, symbol) for state, symbol, _, _ in self.arcs}) < len(self.arcs):
            raise ValueError("arcs: got two for one state and symbol, expected one at most")
        home = {self.states - 1}
        for _ in range(self.states):
            home |= {state for state, *_, following in self.arcs if following in home}
        if lost := set(range(self.states)) - home:
            raise ValueError(f"arcs: got no way from {sorted(lost)} to the last state, expected one from every state")

    @property
    def symbols(self) -> int:
        """Return the number K of symbols."""
        return len(self.words)

    @property
    def states(self) -> int:
        """Return the number of states."""
        return 1 + max(following for *_, following in self.arcs)

    def sample(self, n: int, rng: np.random.Generator) -> list[np.ndarray]:
        """Draw n strings, each an array of symbols that ends with the symbol into the last state.

        rng: draws.
        """
        (n,) = check_sizes(0, n=n)
        moves = [[arc for arc in self.arcs if arc[0] == state] for state in range(self.states)]
        strings = []
        for _ in range(n):
            state, string = 0, []
            while moves[state]:
                k = rng.choice(len(moves[state]), p=[p for _, _, p, _ in moves[state]])
                _, symbol, _, state = moves[state][k]
                string.append(symbol)
            strings.append(np.array(string))
        return strings

    def logprob(self, strings: Sequence[np.ndarray]) -> np.ndarray:
        """Return log P of each string, in nats; -inf for one that the grammar does not write to its end.

        strings: what `sample` drew.
        """
        step = {(state, symbol): (p, following) for state, symbol, p, following in self.arcs}
        found = []
        for string in strings:
            state, total = 0, 0.0
            for symbol in string:
                p, state = step.get((state, int(symbol)), (0.0, -1))
                total += np.log(p) if p > 0 else -np.inf
            found.append(total if state == self.states - 1 else -np.inf)
        return np.array(found)

    def visits(self) -> np.ndarray:
        """Return how often a string passes each state, in the mean: (states,)."""
        P = np.zeros((self.states, self.states))
        for state, _, p, following in self.arcs:
            P[state, following] += p
        return np.linalg.solve(np.eye(self.states) - P.T, np.eye(self.states)[0])

    def expected_length(self) -> float:
        """Return the mean number of symbols per string."""
        return float(self.visits()[:-1].sum())

    def entropy(self) -> float:
        """Return bits per string: the sum over states of visits times the entropy of the choice there."""
        choices = np.zeros(self.states)
        for state, _, p, _ in self.arcs:
            choices[state] -= p * np.log2(p)
        return float(self.visits() @ choices)


WORDS = ("B", "T", "P", "S", "X", "V", "E")
_CHOICES = (
    (1, "T", 2),
    (1, "P", 3),
    (2, "S", 2),
    (2, "X", 4),
    (3, "T", 3),
    (3, "V", 5),
    (4, "X", 3),
    (4, "S", 6),
    (5, "P", 4),
    (5, "V", 6),
)


def _reber(name: str) -> list[tuple]:
    """Return the arcs of Reber's grammar, its states called (name, 0) to (name, 7)."""
    inner = [
        (0, "B", 1.0, 1),
        *((state, word, 0.5, following) for state, word, following in _CHOICES),
        (6, "E", 1.0, 7),
    ]
    return [((name, state), word, p, (name, following)) for state, word, p, following in inner]


def _embedded() -> list[tuple]:
    """Write B, then T or P, a whole Reber string, the same T or P again, E."""
    either = [
        arc
        for word in "TP"
        for arc in [("choice", word, 0.5, (word, 0)), *_reber(word), ((word, 7), word, 1.0, "close")]
    ]
    return [("begin", "B", 1.0, "choice"), *either, ("close", "E", 1.0, "end")]


def _numbered(arcs: list[tuple], end: object) -> tuple[tuple[int, int, float, int], ...]:
    """Return the same arcs with numbers for states and words; the end is the last state."""
    states = [*dict.fromkeys(state for state, *_ in arcs), end]
    return tuple((states.index(s), WORDS.index(word), p, states.index(f)) for s, word, p, f in arcs)


REBER = Grammar("reber", WORDS, _numbered(_reber("reber"), ("reber", 7)))
"""Reber's grammar, 1967: 8 symbols in the mean, exactly 6 bits a string."""

EMBEDDED_REBER = Grammar("embedded-reber", WORDS, _numbered(_embedded(), "end"))
"""A Reber string between two equal symbols: exactly 7 bits. To forget the first costs 1 bit at the last but one."""
