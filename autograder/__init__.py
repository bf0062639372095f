"""The grader: safe, fast and fair. Students need two names of it, `check` and `Curve`."""

from autograder.checks import CheckFailed, check
from autograder.live import Curve

__all__ = ["CheckFailed", "Curve", "check"]
