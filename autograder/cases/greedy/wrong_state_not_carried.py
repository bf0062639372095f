"""The state is not carried."""
import numpy as np


def greedy(step, h, bos, eos, max_len):
    symbol, out = bos, []
    while len(out) < max_len:
        logp, _ = step(symbol, h)
        symbol = int(np.argmax(logp))
        out.append(symbol)
        if symbol == eos:
            break
    return out
