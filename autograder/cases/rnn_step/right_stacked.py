"""One product with the stacked matrix [V W]."""

def rnn_step(x, h, V, W, b):
    h_next = np.tanh(np.concatenate([x, h], axis=1) @ np.concatenate([V, W], axis=1).T + b)
    return h_next, {"h": h_next}
