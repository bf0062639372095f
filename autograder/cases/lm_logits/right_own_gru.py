"""A GRU of its own."""

def lm_logits(ids, P):
    T, B = ids.shape
    H = P["W"].shape[1]
    sigmoid = lambda a: 1 / (1 + np.exp(-a))
    h, out = np.zeros((B, H)), []
    for t in range(T):
        out.append(h.dot(P["U"].T) + P["c"])
        a, u = P["E"][ids[t]] + P["b"], h.dot(P["W"].T)
        r, z = sigmoid(a[:, :H] + u[:, :H]), sigmoid(a[:, H : 2 * H] + u[:, H : 2 * H])
        h = (1 - z) * np.tanh(a[:, 2 * H :] + r * u[:, 2 * H :]) + z * h
    return np.array(out)
