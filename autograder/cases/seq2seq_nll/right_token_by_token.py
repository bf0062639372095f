"""One target at a time, in plain loops."""

def seq2seq_nll(h, tgt, mask, P):
    total = 0.0
    for b in range(tgt.shape[1]):
        state, last = h[b], P["Y"][-1]
        for t in range(len(tgt)):
            state = np.tanh(P["W_d"] @ state + P["V_d"] @ last + P["b_d"])
            y = P["U"] @ state + P["c"]
            if mask[t, b]:
                total += np.logaddexp.reduce(y) - y[tgt[t, b]]
            last = P["Y"][tgt[t, b]]
    return total, np.count_nonzero(mask)
