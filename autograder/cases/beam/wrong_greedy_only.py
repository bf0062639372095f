"""Only the best extension of each string is kept: the beam never branches after its first step."""
import numpy as np


def beam(step, h, bos, eos, k, alpha, max_len):
    live, done = [([], 0.0, bos, h)], []
    for _ in range(max_len):
        grown = []
        for symbols, total, last, state in live:
            logp, after = step(last, state)
            best = np.argsort(-np.asarray(logp), kind="stable")[: k if not symbols else 1]
            grown += [(symbols + [int(j)], total + float(logp[j]), int(j), after) for j in best]
        grown.sort(key=lambda g: -g[1])
        grown = grown[: k - len(done)]
        done += [g for g in grown if g[2] == eos]
        live = [g for g in grown if g[2] != eos]
        if not live:
            break
    found = [(symbols, total / len(symbols) ** alpha) for symbols, total, _, _ in done + live]
    return sorted(found, key=lambda f: -f[1])
