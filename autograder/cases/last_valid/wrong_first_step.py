"""The state after the first step is taken."""
import numpy as np


def last_valid(hs, lengths):
    return hs[0]
