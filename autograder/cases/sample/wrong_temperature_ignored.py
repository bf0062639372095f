"""The temperature is ignored."""
import numpy as np


def sample(step, h0, bos, eos, rng, T, temperature, top_k, prefix=()):
    logits, h = step(bos, h0)
    for symbol in prefix:
        logits, h = step(symbol, h)
    drawn = []
    while True:
        if temperature == 0:
            symbol = int(np.argmax(logits))
        else:
            p = np.exp(logits - np.max(logits))
            if top_k is not None and top_k < len(p):
                p[logits < np.sort(logits)[-top_k]] = 0
            symbol = int(rng.choice(len(p), p=p / p.sum()))
        drawn.append(symbol)
        if symbol == eos or len(drawn) == T:
            return drawn
        logits, h = step(symbol, h)
