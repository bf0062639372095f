"""The weights are cut into three blocks. An LSTM has four gates.

Diagnosis: raises"""
import numpy as np


def unpack(V, W, b, order="ifgo"):
    P = {}
    for name, stacked in (("V", V), ("W", W), ("b", b)):
        for q, block in zip(order, [stacked[k * len(stacked) // 3 :][: len(stacked) // 3] for k in range(3)]):
            P[f"{name}_{q}"] = block.copy()
    return P
