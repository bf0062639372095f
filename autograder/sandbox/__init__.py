"""The sandbox: a kernel that can compute, and nothing else."""

from autograder.sandbox.limits import GIB, MIB, Limits

__all__ = ["GIB", "MIB", "Limits"]
