"""Each caption by itself."""

def caption_nll(h0, captions, mask, Q):
    out = []
    for b in range(captions.shape[1]):
        h, last, total = h0[b], Q["Y"][-1], 0.0
        for t in range(len(captions)):
            h = np.tanh(Q["V"] @ last + Q["W"] @ h + Q["b"])
            y = Q["U"] @ h + Q["c"]
            if mask[t, b]:
                total += np.logaddexp.reduce(y) - y[captions[t, b]]
            last = Q["Y"][captions[t, b]]
        out.append(total)
    return np.array(out)
