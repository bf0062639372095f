"""By recursion: one symbol, then the rest."""

def sample(step, h0, bos, eos, rng, T, temperature, top_k, prefix=()):
    logits, h = step(bos, h0)
    if len(prefix):
        return sample(step, h, prefix[0], eos, rng, T, temperature, top_k, prefix[1:])
    if temperature == 0:
        symbol = int(np.argmax(logits))
    else:
        y = logits / temperature
        p = np.exp(y - np.max(y))
        if top_k is not None:
            p = p * (logits >= sorted(logits)[max(len(logits) - top_k, 0)])
        symbol = int(rng.multinomial(1, p / np.sum(p)).argmax())
    if symbol == eos or T == 1:
        return [symbol]
    return [symbol, *sample(step, h, symbol, eos, rng, T - 1, temperature, top_k)]
