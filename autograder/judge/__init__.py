"""The judge: student code runs over there, tests run over here, and only data crosses."""

from autograder.judge.grading import Graded, derive_seed, grade_notebook, run_notebook
from autograder.judge.kernel import InfrastructureError
from autograder.sandbox.forkserver import SandboxMissing

__all__ = [
    "Graded",
    "InfrastructureError",
    "SandboxMissing",
    "derive_seed",
    "grade_notebook",
    "run_notebook",
]
