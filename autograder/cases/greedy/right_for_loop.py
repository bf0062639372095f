"""In a for loop, the result as an array."""

def greedy(step, h, bos, eos, max_len):
    out = np.full(max_len, -1)
    last = bos
    for t in range(max_len):
        logp, h = step(last, h)
        out[t] = last = np.argmax(np.exp(logp))
        if last == eos:
            return out[: t + 1]
    return out
