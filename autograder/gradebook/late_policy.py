"""What lateness costs: a share of the score for each day begun, as a plugin that nbgrader and our own batch both use.

In course/own_config.py: c.LatePolicy.per_day = 0.1. The due date is nbgrader's own
(`nbgrader db assignment add NAME --duedate "2026-03-01 12:00:00 UTC"`, or formgrader).
"""

from __future__ import annotations

import math

from nbgrader.plugins import BasePlugin
from traitlets import Float

__all__ = ["LatePolicy"]

DAY = 86_400


class LatePolicy(BasePlugin):
    """per_day of the score is taken for each day begun after the grace, never more than `most` of it."""

    per_day = Float(0.0, help="share of the score taken for each day begun; 0 takes nothing").tag(config=True)
    most = Float(1.0, help="the largest share that is ever taken").tag(config=True)
    grace = Float(0.0, help="seconds after the due date that cost nothing").tag(config=True)

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """Return the points to take from this score; None if there is nothing to take."""
        days = math.ceil(max(0.0, total_seconds_late - self.grace) / DAY)
        share = min(self.most, self.per_day * days)
        return score * share if share > 0 else None
