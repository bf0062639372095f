"""Training: clipping, optimisers, schedules, the loop, checkpoints, several processes."""

from rnncore.train.clip import clip_by_norm, clip_by_value
from rnncore.train.fit import Run, StepResult, fit
from rnncore.train.identity import digest, identity
from rnncore.train.optim import SGD, Adam, AdamW, Optimiser, RMSProp
from rnncore.train.parallel import hush, share, take_gpu, world
from rnncore.train.schedule import cosine, linear, step_decay

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "Optimiser",
    "RMSProp",
    "Run",
    "StepResult",
    "clip_by_norm",
    "clip_by_value",
    "cosine",
    "digest",
    "fit",
    "hush",
    "identity",
    "linear",
    "share",
    "step_decay",
    "take_gpu",
    "world",
]
