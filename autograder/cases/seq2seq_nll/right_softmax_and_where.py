"""By softmax and its logarithm, padding left out by where."""

def seq2seq_nll(h, tgt, mask, P):
    previous, total = np.full(tgt.shape[1], len(P["Y"]) - 1), 0
    for t in range(tgt.shape[0]):
        h = np.tanh(h @ P["W_d"].T + P["Y"][previous] @ P["V_d"].T + P["b_d"])
        z = h @ P["U"].T + P["c"]
        z = z - np.max(z, axis=1)[:, None]
        p = np.exp(z) / np.exp(z).sum(axis=1)[:, None]
        rows = np.flatnonzero(mask[t])
        if len(rows):
            total += -(z[rows, tgt[t, rows]] - np.log(np.exp(z[rows]).sum(axis=1))).sum()
        previous = tgt[t]
    return total, mask.sum()
