"""By a generator."""

def symbols(step, h, last, eos):
    while last != eos:
        logp, h = step(last, h)
        last = int(np.asarray(logp).argmax())
        yield last


def greedy(step, h, bos, eos, max_len):
    return [s for s, _ in zip(symbols(step, h, bos, eos), range(max_len))]
