"""The state of every sequence is taken at the length of the shortest."""
import numpy as np


def last_valid(hs, lengths):
    return hs[lengths.min() - 1]
