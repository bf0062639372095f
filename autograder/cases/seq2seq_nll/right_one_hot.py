"""By one-hot products."""

def seq2seq_nll(h, tgt, mask, P):
    K = len(P["c"])
    read = np.concatenate([np.full((1, tgt.shape[1]), K), tgt])[:-1]
    out = 0.0
    for t in range(len(tgt)):
        h = np.tanh(np.eye(K + 1)[read[t]] @ P["Y"] @ P["V_d"].T + h @ P["W_d"].T + P["b_d"])
        y = h @ P["U"].T + P["c"]
        logp = y - np.logaddexp.reduce(y, axis=1, keepdims=True)
        out -= np.einsum("bk,bk,b->", np.eye(K)[tgt[t]], logp, mask[t].astype(float))
    return out, int(mask.sum())
