"""The judge: student code runs over there, tests run over here, and only data crosses."""

from autograder.judge.grading import Graded, grade_notebook, run_notebook
from autograder.judge.kernel import InfrastructureError
from autograder.judge.seed import derive_seed
from autograder.judge.testcell import TestVerdict
from autograder.sandbox.forkserver import SandboxMissing

__all__ = [
    "Graded",
    "InfrastructureError",
    "SandboxMissing",
    "TestVerdict",
    "derive_seed",
    "grade_notebook",
    "run_notebook",
]
