"""The least probable symbol is taken."""
import numpy as np


def greedy(step, h, bos, eos, max_len):
    symbol, out = bos, []
    while len(out) < max_len:
        logp, h = step(symbol, h)
        symbol = int(np.argmin(logp))
        out.append(symbol)
        if symbol == eos:
            break
    return out
