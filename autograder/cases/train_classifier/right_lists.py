"""The parameters in a list, Adam in one function of its own, the learning rate falling to zero."""

def train_classifier(data, cfg, rng):
    ids, lengths, labels = data
    H, K, N = 16, cfg["symbols"], len(labels)
    names = ["E", "W", "b", "U", "c"]
    shapes = [(K, 3 * H), (3 * H, H), (3 * H,), (2, H), (2,)]
    P = [rng.standard_normal(shape) * 0.4 for shape in shapes]
    memory = [(0.0, 0.0) for _ in names]

    def adam(p, g, memory, k, lr):
        m, v = 0.9 * memory[0] + 0.1 * g, 0.99 * memory[1] + 0.01 * g**2
        return p - lr * m / (1 - 0.9**k) / (np.sqrt(v / (1 - 0.99**k)) + 1e-8), (m, v)

    k, total = 0, 350
    while k < total:
        k += 1
        some = rng.choice(N, 32, replace=False)
        scores, cache = gru_scores(ids[:, some], lengths[some], dict(zip(names, P)))
        right = np.eye(2)[labels[some]]
        p1 = 1 / (1 + np.exp(scores[:, 0] - scores[:, 1]))
        grads = gru_gradients((np.stack([1 - p1, p1], axis=1) - right) / 32, cache)
        for j, name in enumerate(names):
            P[j], memory[j] = adam(P[j], grads[name], memory[j], k, 0.03 * (1 - k / (total + 1)))
    return dict(zip(names, P))
