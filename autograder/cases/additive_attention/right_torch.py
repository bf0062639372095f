"""By way of torch: masked_fill and softmax, NaN set to 0."""

def additive_attention(q, K, Vv, mask, P):
    q, K, Vv, W_q, W_k, v = (torch.from_numpy(np.array(a)) for a in (q, K, Vv, P["W_q"], P["W_k"], P["v"]))
    scores = torch.tanh(q @ W_q.T + K @ W_k.T) @ v
    w = torch.softmax(scores.masked_fill(~torch.from_numpy(mask), float("-inf")), dim=0).nan_to_num(0.0)
    return (w[..., None] * Vv).sum(0).numpy(), w.numpy()
