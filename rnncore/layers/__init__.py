"""Layers: functions in pairs, forward and backward, over plain arrays."""

from rnncore.engines import run, run_backward
from rnncore.layers.attention import (
    additive_attention,
    additive_attention_backward,
    dot_attention,
    dot_attention_backward,
)
from rnncore.layers.dropout import dropout_backward, dropout_forward
from rnncore.layers.embedding import embedding_backward, embedding_forward
from rnncore.layers.init import forget_bias, gated_orthogonal, identity, orthogonal, uniform, xavier
from rnncore.layers.linear import linear_backward, linear_forward
from rnncore.layers.losses import cross_entropy, cross_entropy_backward, squared_error, squared_error_backward
from rnncore.layers.names import prefixed, under
from rnncore.layers.pooling import (
    attention_pool,
    attention_pool_backward,
    masked_max,
    masked_max_backward,
    masked_mean,
    masked_mean_backward,
    valid_steps,
)
from rnncore.layers.recurrent import Recurrent, init_recurrent, reverse, zero_state
from rnncore.layers.stepping import Stepper, stepper

__all__ = [
    "Recurrent",
    "Stepper",
    "additive_attention",
    "additive_attention_backward",
    "attention_pool",
    "attention_pool_backward",
    "cross_entropy",
    "cross_entropy_backward",
    "dot_attention",
    "dot_attention_backward",
    "dropout_backward",
    "dropout_forward",
    "embedding_backward",
    "embedding_forward",
    "forget_bias",
    "gated_orthogonal",
    "identity",
    "init_recurrent",
    "linear_backward",
    "linear_forward",
    "masked_max",
    "masked_max_backward",
    "masked_mean",
    "masked_mean_backward",
    "orthogonal",
    "prefixed",
    "reverse",
    "run",
    "run_backward",
    "squared_error",
    "squared_error_backward",
    "stepper",
    "under",
    "uniform",
    "valid_steps",
    "xavier",
    "zero_state",
]
