"""The judge of what a training returned: how far it stands above the best that its source allows, on new data.

Nobody's optimiser, batches or random numbers are asked about: what a network scores is all that counts. The floor is
what the source itself scores on the same new data, so that no luck of the draw enters the verdict twice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np

__all__ = ["AboveFloor"]


class AboveFloor(ABC):
    """Judge a training's result in bits above its floor. A case's `judge`: called with the result, it tells what is
    wrong, or None.

    things, unit: what is scored, and for each of what: "strings", " per symbol". asked: the bits that are good enough.
    alarm: nats by which the result may beat its own source: log Q - log P > a happens once in e^a times, by Markov's
    inequality, and more is no luck.
    """

    things: ClassVar[str] = "strings"
    unit: ClassVar[str] = " per symbol"
    asked: ClassVar[float]
    alarm: ClassVar[float] = 20.0
    digits: ClassVar[int] = 3

    @property
    @abstractmethod
    def count(self) -> float:
        """Return how many units are scored."""

    @abstractmethod
    def bits(self, result: Any) -> float:
        """Return bits for each unit above the source's own."""

    @abstractmethod
    def hint(self, result: Any, bits: float) -> str:
        """Return what a student whose result stands so high may look at."""

    def strange(self, result: Any) -> str | None:
        """Return what of the result does not fit this source, or None."""
        return None

    def enough(self, result: Any) -> bool:
        """Return whether all that is asked besides the score is there."""
        return True

    def score(self, result: Any, bits: float) -> str:
        """Return the sentence on the score."""
        return (
            f"on new {self.things} the score is {bits:.{self.digits}f} bits{self.unit} above the source's own; "
            f"{self.asked} is asked for."
        )

    def too_good(self, result: Any, bits: float) -> str | None:
        """Return that the result beats its own source, where it does by more than the alarm allows."""
        gain = -bits * self.count * np.log(2)
        if gain <= self.alarm:
            return None
        return f"new {self.things} score better than their own source does, by {gain:.0f} nats. No model can"

    def __call__(self, result: Any) -> str | None:
        """Return what is wrong with the result, or None."""
        if why := self.strange(result):
            return why
        with np.errstate(all="ignore"):  # weights that were thrown far away are told so
            bits = float(self.bits(result))
            if not np.isfinite(bits):
                said = f"the weights are not finite, or too large for new {self.things} to be scored"
                return f"{said}: are the steps small enough?"
            if why := self.too_good(result, bits):
                return why
            if bits <= self.asked and self.enough(result):
                return None
            return f"{self.score(result, bits)} {self.hint(result, bits)}"
