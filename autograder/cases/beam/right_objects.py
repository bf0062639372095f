"""With a small class for hypotheses."""

class Hypothesis:
    def __init__(self, symbols, logs, state):
        self.symbols, self.logs, self.state = symbols, logs, state

    @property
    def total(self):
        return sum(self.logs)


def beam(step, h, bos, eos, k, alpha, max_len):
    open_, closed = [Hypothesis([], [], h)], []
    for _ in range(max_len):
        new = []
        for hyp in open_:
            logp, state = step((hyp.symbols or [bos])[-1], hyp.state)
            new.extend(Hypothesis(hyp.symbols + [j], hyp.logs + [float(p)], state) for j, p in enumerate(logp))
        new = sorted(new, key=lambda hyp: hyp.total, reverse=True)[: k - len(closed)]
        closed += [hyp for hyp in new if hyp.symbols[-1] == eos]
        open_ = [hyp for hyp in new if hyp.symbols[-1] != eos]
        if len(closed) == k:
            break
    return sorted(((hyp.symbols, hyp.total / len(hyp.symbols) ** alpha) for hyp in closed + open_), key=lambda p: -p[1])
