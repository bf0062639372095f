"""By recursion."""

def greedy(step, h, bos, eos, max_len):
    if max_len == 0:
        return []
    logp, after = step(bos, h)
    best = max(range(len(logp)), key=lambda j: logp[j])
    return [best] if best == eos else [best, *greedy(step, after, best, eos, max_len - 1)]
