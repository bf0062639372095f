"""Each sentence by itself, without padding."""

def rnn_forward(x, V, W, b):
    h, hs = np.zeros((x.shape[1], len(b))), []
    for x_t in x:
        h = np.tanh(x_t @ V.T + h @ W.T + b)
        hs.append(h)
    return np.stack(hs)


def tag_scores(ids, lengths, P):
    T, B = ids.shape
    out = np.zeros((T, B, len(P["c"])))
    for b, n in enumerate(lengths):
        x = P["E"][ids[:n, b]][:, None]
        f = rnn_forward(x, P["V_f"], P["W_f"], P["b_f"])[:, 0]
        r = rnn_forward(x[::-1], P["V_b"], P["W_b"], P["b_b"])[::-1, 0]
        out[:n, b] = np.hstack([f, r]) @ P["U"].T + P["c"]
    return out
