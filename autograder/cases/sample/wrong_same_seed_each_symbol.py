"""A new generator with the same seed is made for every symbol: the symbols of a string are not independent."""
import numpy as np


def sample(step, h0, bos, eos, rng, T, temperature, top_k, prefix=()):
    logits, h = step(bos, h0)
    for symbol in prefix:
        logits, h = step(symbol, h)
    drawn, seed = [], int(rng.integers(2**31))
    while True:
        if temperature == 0:
            symbol = int(np.argmax(logits))
        else:
            p = np.exp((logits - np.max(logits)) / temperature)
            if top_k is not None and top_k < len(p):
                p[logits < np.sort(logits)[-top_k]] = 0
            symbol = int(np.random.default_rng(seed).choice(len(p), p=p / p.sum()))
        drawn.append(symbol)
        if symbol == eos or len(drawn) == T:
            return drawn
        logits, h = step(symbol, h)
