"""What a submission finds as `autograder` inside the sandbox: a `check` and a `Curve` that do nothing.

Notebooks then run there as students run them. The true check is never in reach of a student's process.
"""

__all__ = ["CheckFailed", "Curve", "check"]


class CheckFailed(AssertionError):
    """Never raised here."""


class Curve:
    """Drop every point."""

    def __init__(self, floor=None, title=""):
        """Keep nothing."""

    def __call__(self, step, bits):
        """Do nothing."""

    def draw(self):
        """Do nothing."""


def check(exercise, *functions, seed=0, show=print):
    """Do nothing."""
