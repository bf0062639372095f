"""By sorting the symbols."""

def greedy(step, h, bos, eos, max_len):
    words = [bos]
    while len(words) <= max_len and (len(words) == 1 or words[-1] != eos):
        logp, h = step(words[-1], h)
        words.append(int(np.argsort(logp)[-1]))
    return words[1:]
