"""By log-probabilities and choice, all symbols read in one queue."""

def sample(step, h0, bos, eos, rng, T, temperature, top_k, prefix=()):
    queue, h, drawn = [bos] + [int(s) for s in prefix], h0, []
    while True:
        while queue:
            logits, h = step(queue.pop(0), h)
        if temperature == 0:
            symbol = int(logits.argmax())
        else:
            order = np.argsort(logits)[::-1]
            edge = logits[order[-1]] if top_k is None or top_k >= len(order) else logits[order[top_k - 1]]
            kept = order[logits[order] >= edge]
            logp = logits[kept] / temperature
            logp = logp - np.logaddexp.reduce(logp)
            symbol = int(rng.choice(kept, p=np.exp(logp) / np.exp(logp).sum()))
        drawn.append(symbol)
        if symbol == eos or len(drawn) >= T:
            return drawn
        queue.append(symbol)
