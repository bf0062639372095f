"""Layers: functions in pairs, forward and backward, over plain arrays."""

from rnncore.engines import run, run_backward
from rnncore.layers.embedding import embedding_backward, embedding_forward
from rnncore.layers.linear import linear_backward, linear_forward
from rnncore.layers.losses import cross_entropy, cross_entropy_backward
from rnncore.layers.recurrent import init_recurrent, zero_state

__all__ = [
    "cross_entropy",
    "cross_entropy_backward",
    "embedding_backward",
    "embedding_forward",
    "init_recurrent",
    "linear_backward",
    "linear_forward",
    "run",
    "run_backward",
    "zero_state",
]
