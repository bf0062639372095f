"""EOS is left out of the result."""
import numpy as np


def greedy(step, h, bos, eos, max_len):
    symbol, out = bos, []
    while len(out) < max_len:
        logp, h = step(symbol, h)
        symbol = int(np.argmax(logp))
        if symbol == eos:
            break
        out.append(symbol)
    return out
