"""With a heap for the best extensions."""
import heapq


def beam(step, h, bos, eos, k, alpha, max_len):
    beams, ended = [(0.0, (), h)], []
    while beams and len(beams[0][1]) < max_len:
        options = []
        for total, s, state in beams:
            logp, after = step(s[-1] if s else bos, state)
            for j, value in enumerate(logp):
                options.append((total + value, s + (j,), after))
        best = heapq.nlargest(k - len(ended), options, key=lambda o: o[0])
        ended.extend(o for o in best if o[1][-1] == eos)
        beams = [o for o in best if o[1][-1] != eos]
    ranked = [(list(s), float(total) / len(s) ** alpha) for total, s, _ in ended + beams]
    ranked.sort(key=lambda r: r[1])
    return ranked[::-1]
