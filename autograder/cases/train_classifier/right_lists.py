"""The parameters in a list, the loss and Adam in functions of their own, the learning rate falling to zero."""


def train_classifier(data, cfg, rng, watch=None):
    ids, lengths, labels = data
    H, K, N = 16, cfg["symbols"], len(labels)
    shapes = {f"{a}_{g}": (H, size) for g in "rzn" for a, size in (("V", K), ("W", H))}
    shapes |= dict.fromkeys(("b_r", "b_z", "b_in", "b_hn"), (H,)) | {"U": (2, H), "c": (2,)}
    P = [rng.standard_normal(shape) * 0.4 for shape in shapes.values()]
    memory = [(0.0, 0.0) for _ in shapes]

    def gradient(P, words, n, y):
        hs, cache = gru_forward(np.eye(K)[words], np.zeros((len(n), H)), P)
        last = hs[n - 1, np.arange(len(n))]
        p1 = 1 / (1 + np.exp(-(last @ (P["U"][1] - P["U"][0]) + P["c"][1] - P["c"][0])))
        ds = np.stack([y - p1, p1 - y], axis=1) / len(n)
        dhs = (np.arange(len(hs))[:, None] == n - 1)[..., None] * (ds @ P["U"])
        return {**gru_backward(dhs, cache)[2], "U": ds.T @ last, "c": ds.sum(axis=0)}

    def adam(p, g, memory, k, lr):
        m, v = 0.9 * memory[0] + 0.1 * g, 0.99 * memory[1] + 0.01 * g**2
        return p - lr * m / (1 - 0.9**k) / (np.sqrt(v / (1 - 0.99**k)) + 1e-8), (m, v)

    k, total = 0, 350
    while k < total:
        k += 1
        some = rng.choice(N, 32, replace=False)
        grads = gradient(dict(zip(shapes, P)), ids[:, some], lengths[some], labels[some])
        for j, name in enumerate(shapes):
            P[j], memory[j] = adam(P[j], grads[name], memory[j], k, 0.03 * (1 - k / (total + 1)))
    return dict(zip(shapes, P))
