"""Softmax and the logarithm of the word's probability."""

def caption_nll(h0, captions, mask, Q):
    h, total, last = h0.copy(), 0.0, Q["Y"][[-1] * captions.shape[1]]
    for t in range(captions.shape[0]):
        h = np.tanh(last @ Q["V"].T + h @ Q["W"].T + Q["b"])
        z = h @ Q["U"].T + Q["c"]
        m = z.max(1)
        chosen = z[np.arange(len(m)), captions[t]] - m
        total = total + mask[t] * (np.log(np.exp(z - m[:, None]).sum(1)) - chosen)
        last = Q["Y"][captions[t]]
    return total
