"""By the largest of logits with Gumbel noise."""

def sample(step, h0, bos, eos, rng, T, temperature, top_k, prefix=()):
    h = h0
    for symbol in [bos, *prefix]:
        logits, h = step(symbol, h)
    drawn = []
    for _ in range(T):
        y = np.array(logits, float)
        if top_k is not None and top_k < y.size:
            y[y < np.partition(y, -top_k)[-top_k]] = -np.inf
        noise = rng.gumbel(size=y.size) if temperature > 0 else 0.0
        symbol = int(np.argmax(y / (temperature or 1.0) + noise))
        drawn.append(symbol)
        if symbol == eos:
            break
        if len(drawn) < T:
            logits, h = step(symbol, h)
    return np.array(drawn)
