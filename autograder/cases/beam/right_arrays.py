"""With arrays of totals, and argsort."""

def beam(step, h, bos, eos, k, alpha, max_len):
    strings, totals, states, finished = [[]], np.zeros(1), [h], []
    for t in range(max_len):
        rows, after = [], []
        for s, state in zip(strings, states):
            logp, new = step(s[-1] if s else bos, state)
            rows.append(np.asarray(logp, float))
            after.append(new)
        scores = totals[:, None] + np.stack(rows)
        K = scores.shape[1]
        best = np.argsort(-scores.ravel(), kind="stable")[: k - len(finished)]
        chosen = [(strings[b // K] + [int(b % K)], scores.ravel()[b], after[b // K]) for b in best]
        finished += [(s, total) for s, total, _ in chosen if s[-1] == eos]
        rest = [c for c in chosen if c[0][-1] != eos]
        if not rest:
            strings = []
            break
        strings, totals, states = [c[0] for c in rest], np.array([c[1] for c in rest]), [c[2] for c in rest]
    if strings:
        finished += list(zip(strings, totals))
    return sorted([(s, total / len(s) ** alpha) for s, total in finished], key=lambda f: f[1], reverse=True)
