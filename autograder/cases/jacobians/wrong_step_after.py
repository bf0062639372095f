"""The slopes are those of the step after. J_t has the slope at z_t, which is that of h_t."""
import numpy as np


def jacobians(hs, W):
    slope = 1 - np.concatenate([hs[1:], 0 * hs[:1]]) ** 2
    return slope[..., None] * W
