"""The grader: safe, fast and fair. Students need three names of it, `check`, `bring` and `Curve`."""

from autograder.checks import CheckFailed
from autograder.live import Curve
from autograder.student import bring, check

__all__ = ["CheckFailed", "Curve", "bring", "check"]
