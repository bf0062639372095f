"""Engines: the ways to drive a cell along a sequence. `run` and `run_backward` are the one door."""

from rnncore.engines.run import run, run_backward

__all__ = ["run", "run_backward"]
