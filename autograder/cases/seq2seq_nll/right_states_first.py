"""All states first, then all logits in one product."""

def seq2seq_nll(h, tgt, mask, P):
    T, B = tgt.shape
    x = np.empty((T, B, P["Y"].shape[1]))
    x[0], x[1:] = P["Y"][-1], P["Y"][tgt[:-1]]
    hs = []
    for x_t in x @ P["V_d"].T + P["b_d"]:
        h = np.tanh(x_t + h @ P["W_d"].T)
        hs.append(h)
    y = np.array(hs) @ P["U"].T + P["c"]
    y = y - y.max(-1, keepdims=True)
    losses = np.log(np.exp(y).sum(-1)) - np.take_along_axis(y, tgt[..., None], -1)[..., 0]
    return float(np.sum(losses * mask)), int(np.sum(mask))
