"""Every length was combined with every sequence: one state too many axes."""
import numpy as np


def last_valid(hs, lengths):
    return hs[lengths - 1]
