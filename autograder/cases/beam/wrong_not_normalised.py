"""alpha is ignored."""
import numpy as np


def beam(step, h, bos, eos, k, alpha, max_len):
    live, done = [([], 0.0, bos, h)], []
    for _ in range(max_len):
        grown = []
        for symbols, total, last, state in live:
            logp, after = step(last, state)
            grown += [(symbols + [j], total + float(logp[j]), j, after) for j in range(len(logp))]
        grown.sort(key=lambda g: -g[1])
        grown = grown[: k - len(done)]
        done += [g for g in grown if g[2] == eos]
        live = [g for g in grown if g[2] != eos]
        if not live:
            break
    found = [(symbols, total) for symbols, total, _, _ in done + live]
    return sorted(found, key=lambda f: -f[1])
