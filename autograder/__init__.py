"""The grader: safe, fast and fair. Students need one name of it, `check`."""

from autograder.checks import CheckFailed, check

__all__ = ["CheckFailed", "check"]
