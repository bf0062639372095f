"""Checks: cases run over a student's functions, compared, diagnosed and told in words."""

from autograder.checks.run import check, run_check
from autograder.checks.verdict import CheckFailed, Verdict

__all__ = ["CheckFailed", "Verdict", "check", "run_check"]
