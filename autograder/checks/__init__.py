"""Checks: cases run over a student's functions, compared, diagnosed and told in words."""

from autograder.checks.run import run_check
from autograder.checks.verdict import CheckFailed, Verdict

__all__ = ["CheckFailed", "Verdict", "run_check"]
