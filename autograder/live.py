"""What a student sees while something runs: a curve that grows, one picture in a notebook and lines in a terminal; and
words, set as Markdown where that can be.
"""

from __future__ import annotations

import math
import sys
import time
from html import escape
from typing import Any
from uuid import uuid4

__all__ = ["Curve", "in_notebook", "tell"]

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 460, 230, 46, 30, 34
LINE, FLOOR = "#3d7fd9", "#d9822b"
"""Both can be told from white and from black, and the floor is dashed besides."""
PAUSE, PAUSE_IN_A_TERMINAL = 0.4, 2.0
"""Seconds between two pictures, and between two lines of text."""
MOST = 400
"""Points that are drawn; of more, every second one, every fourth one and so on."""


class Curve:
    """Call it with a step and a loss in bits. floor: what no model can beat, drawn as a dashed line."""

    def __init__(self, floor: float | None = None, title: str = "Loss, in bits per symbol") -> None:
        """Begin with no points, and show nothing yet."""
        self.floor, self.title, self.points = floor, title, list[tuple[int, float]]()
        self._last, self._id, self._shown = -math.inf, uuid4().hex, False

    def __call__(self, step: int, bits: float) -> None:
        """Add a point, and draw if the last picture is old enough."""
        self.points.append((int(step), float(bits)))
        pause = PAUSE if in_notebook() else PAUSE_IN_A_TERMINAL
        if time.monotonic() - self._last >= pause:
            self.draw()

    def draw(self) -> None:
        """Show all points that there are by now."""
        self._last = time.monotonic()
        if not in_notebook():
            if self.points:
                step, bits = self.points[-1]
                floor = "" if self.floor is None else f" (floor {self.floor:.3f})"
                print(f"step {step}: {bits:.3f} bits{floor}")
            return
        from IPython.display import HTML, display

        display(HTML(self.svg()), display_id=self._id, update=self._shown)
        self._shown = True

    def svg(self) -> str:
        """Return the picture as it is now. A loss that is not finite is left out."""
        points = [(step, bits) for step, bits in self.points if math.isfinite(bits)]
        points = points[:: -(1 + len(points) // MOST)][::-1]  # the newest is never left out
        last = max([step for step, _ in points], default=1) or 1
        top = 1.05 * min(max([bits for _, bits in points] + [self.floor or 0, 1e-9]), 20)
        x = [LEFT + (WIDTH - LEFT - 10) * step / last for step, _ in points]
        y = [_height(bits, top) for _, bits in points]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y))
        said = f"{points[-1][1]:.3f} bits at step {points[-1][0]}" if points else "no point yet"
        parts = [
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img" style="max-width:100%" font-size="12"'
            f' font-family="sans-serif" fill="currentColor" aria-label="{escape(self.title)}: {said}">',
            f'<text x="{LEFT}" y="16">{escape(self.title)}: {said}</text>',
            f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - 10}" fill="none" stroke="currentColor"/>',
            f'<text x="{WIDTH - 10}" y="{HEIGHT - 14}" text-anchor="end">update {last}</text>',
        ]
        for bits in (0, top / 2, top):
            parts.append(f'<text x="{LEFT - 6}" y="{_height(bits, top) + 4:.1f}" text-anchor="end">{bits:.2f}</text>')
        if self.floor is not None:
            at = f"{_height(self.floor, top):.1f}"
            parts.append(
                f'<path d="M{LEFT} {at}H{WIDTH - 10}" stroke="{FLOOR}" stroke-width="2" stroke-dasharray="6 4"/>'
                f'<text x="{LEFT}" y="{HEIGHT - 14}">dashed: the floor, {self.floor:.3f}</text>'
            )
        parts.append(f'<polyline points="{path}" fill="none" stroke="{LINE}" stroke-width="2"/></svg>')
        return "".join(parts)


def _height(bits: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * min(max(bits, 0), top) / top


def tell(text: str) -> None:
    """Show a text in Markdown: set in a notebook, as it stands in a terminal."""
    if not in_notebook():
        print(text)
        return
    from IPython.display import Markdown, display

    display(Markdown(text))


def in_notebook() -> bool:
    """Return whether a notebook shows what is displayed. Without IPython loaded there is none."""
    module: Any = sys.modules.get("IPython")
    shell = module.get_ipython() if module is not None else None
    return shell is not None and getattr(shell, "kernel", None) is not None
