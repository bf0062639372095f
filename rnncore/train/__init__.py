"""Training: clipping, optimisers, the loop, checkpoints."""

from rnncore.train.clip import clip_by_norm, clip_by_value
from rnncore.train.fit import Run, StepResult, fit
from rnncore.train.optim import SGD, Adam

__all__ = ["SGD", "Adam", "Run", "StepResult", "clip_by_norm", "clip_by_value", "fit"]
