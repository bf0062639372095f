"""What a submission finds as `autograder` inside the sandbox: a `check` and a `Curve` that do nothing, and a
`bring` that leaves the given functions as they are.

Notebooks then run there as students run them. The true check is never in reach of a student's process.
"""

__all__ = ["CheckFailed", "Curve", "bring", "check"]


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


def bring(*functions, folder=""):
    """Return the given functions."""
    return functions if len(functions) != 1 else functions[0]


def check(exercise, *functions, seed=0, show=print):
    """Do nothing."""
