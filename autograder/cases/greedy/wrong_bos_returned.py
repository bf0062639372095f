"""BOS is part of the result."""
import numpy as np


def greedy(step, h, bos, eos, max_len):
    symbol, out = bos, [bos]
    while len(out) <= max_len:
        logp, h = step(symbol, h)
        symbol = int(np.argmax(logp))
        out.append(symbol)
        if symbol == eos:
            break
    return out
