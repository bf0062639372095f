"""By the inverse of the cumulative distribution."""

def pick(logits, rng, temperature, top_k):
    best = np.argmax(logits)
    if temperature == 0:
        return best
    keep = np.ones(len(logits), bool) if top_k is None else logits >= np.sort(logits)[::-1][min(top_k, len(logits)) - 1]
    p = np.where(keep, np.exp((logits - logits[best]) / temperature), 0)
    c = np.cumsum(p)
    return np.searchsorted(c, rng.random() * c[-1], side="right")


def sample(step, h0, bos, eos, rng, T, temperature, top_k, prefix=()):
    logits, h = step(bos, h0)
    for symbol in prefix:
        logits, h = step(symbol, h)
    out = [int(pick(logits, rng, temperature, top_k))]
    while out[-1] != eos and len(out) < T:
        logits, h = step(out[-1], h)
        out.append(int(pick(logits, rng, temperature, top_k)))
    return out
