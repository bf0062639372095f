"""Counting instead of learning: the interpolated n-gram model, a baseline for every language model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from rnncore.ops import check_sizes

__all__ = ["NGram"]


class NGram:
    """p(x | last n - 1 symbols), Witten-Bell interpolated down to the uniform distribution over K symbols.

    After a context c seen N(c) times and followed by R(c) different symbols,
    p(x | c) = (count(c x) + R(c) p(x | c without its first symbol)) / (N(c) + R(c)). Witten and Bell, 1991.

    >>> model = NGram(2, 2).fit([[0, 1, 0, 1]])
    >>> tuple(round(float(np.exp(model.logprob(string))), 12) for string in ([0, 1], [0, 0]))
    (0.625, 0.125)
    """

    def __init__(self, order: int, K: int) -> None:
        self.order, self.K = check_sizes(order=order, K=K)
        self._counts: list[dict[tuple, dict[int, int]]] = [
            defaultdict(lambda: defaultdict(int)) for _ in range(self.order)
        ]
        self._totals: list[dict[tuple, int]] = [defaultdict(int) for _ in range(self.order)]

    def fit(self, strings: Iterable[Iterable[int]]) -> NGram:
        """Count all n-grams of all strings, of all orders up to this one; a string's begin is a context of its own."""
        for string in strings:
            framed = (*[-1] * (self.order - 1), *map(int, string))
            for end in range(self.order - 1, len(framed)):
                for n in range(self.order):
                    context = framed[end - n : end]
                    self._counts[n][context][framed[end]] += 1
                    self._totals[n][context] += 1
        return self

    def lower(self, order: int) -> NGram:
        """Return the model of a lower order from the same counts, which it shares.

        Raises ValueError for a higher one.
        """
        (order,) = check_sizes(order=order)
        if order > self.order:
            raise ValueError(f"order: got {order}, expected 1 to {self.order}")
        model = NGram(order, self.K)
        model._counts, model._totals = self._counts[:order], self._totals[:order]
        return model

    def logprob(self, string: Iterable[int]) -> float:
        """Return the log-probability of a string, in nats."""
        framed = (*[-1] * (self.order - 1), *map(int, string))
        total = 0.0
        for end in range(self.order - 1, len(framed)):
            p = 1 / self.K
            for n in range(self.order):
                context = framed[end - n : end]
                seen = self._totals[n].get(context, 0)
                if not seen:  # then every longer context is unseen, too
                    break
                followers = self._counts[n][context]
                p = (followers.get(framed[end], 0) + len(followers) * p) / (seen + len(followers))
            total += np.log(p)
        return float(total)
