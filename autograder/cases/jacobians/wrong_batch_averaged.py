"""One Jacobian for all sequences, averaged. Each sequence has states and so slopes of its own."""
import numpy as np


def jacobians(hs, W):
    slope = 1 + 0 * hs - (hs**2).mean(axis=1, keepdims=True)
    return slope[..., None] * W
