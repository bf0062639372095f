"""Columns of E are taken. E is (K, D): a symbol's vector is a row."""
import numpy as np


def embed(ids, E):
    return E.T[ids % E.shape[1]][..., : E.shape[1]]
