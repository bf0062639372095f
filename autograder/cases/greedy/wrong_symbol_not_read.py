"""What was written is not read: BOS is read again each time."""
import numpy as np


def greedy(step, h, bos, eos, max_len):
    symbol, out = bos, []
    while len(out) < max_len:
        logp, h = step(bos, h)
        symbol = int(np.argmax(logp))
        out.append(symbol)
        if symbol == eos:
            break
    return out
