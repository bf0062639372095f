"""The clipped counts are divided by those of the reference: that is a recall."""
import numpy as np


def bleu(hyps, refs, n=4):
    logs = 0.0
    for j in range(1, n + 1):
        clipped = every = 0
        for hyp, ref in zip(hyps, refs):
            counts = [{}, {}]
            for count, tokens in zip(counts, (hyp, ref)):
                for i in range(len(tokens) - j + 1):
                    gram = tuple(int(token) for token in tokens[i : i + j])
                    count[gram] = count.get(gram, 0) + 1
            clipped += sum(min(number, counts[1].get(gram, 0)) for gram, number in counts[0].items())
            every += sum(counts[1].values())
        if clipped == 0:
            return 0.0
        logs += np.log(clipped / every) / n
    c, r = sum(len(hyp) for hyp in hyps), sum(len(ref) for ref in refs)
    return 100 * float(np.exp(min(0.0, 1 - r / c) + logs))
