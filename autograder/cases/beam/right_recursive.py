"""By recursion over the length."""

def extend(step, open_, closed, eos, k, left):
    if left == 0 or not open_:
        return closed + open_
    grown = []
    for symbols, total, last, state in open_:
        logp, after = step(last, state)
        grown.extend((symbols + (j,), total + float(logp[j]), j, after) for j in range(len(logp)))
    grown = sorted(grown, key=lambda g: g[1])[::-1][: k - len(closed)]
    closed = closed + [g for g in grown if g[2] == eos]
    return extend(step, [g for g in grown if g[2] != eos], closed, eos, k, left - 1)


def beam(step, h, bos, eos, k, alpha, max_len):
    every = extend(step, [((), 0.0, bos, h)], [], eos, k, max_len)
    return sorted([(list(g[0]), g[1] * len(g[0]) ** -alpha) for g in every], key=lambda pair: -pair[1])
