"""What a submission finds as `autograder` inside the sandbox: a `check` that does nothing.

Notebooks then run there as students run them. The true check is never in reach of a student's process.
"""

__all__ = ["CheckFailed", "check"]


class CheckFailed(AssertionError):
    """Never raised here."""


def check(exercise, *functions, seed=0, show=print):
    """Do nothing."""
