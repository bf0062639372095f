"""Engines: the ways to drive a cell along a sequence. `run` and `run_backward` are the one door."""

from rnncore.engines.choice import Choice, explain, run, run_backward, step_engine

__all__ = ["Choice", "explain", "run", "run_backward", "step_engine"]
