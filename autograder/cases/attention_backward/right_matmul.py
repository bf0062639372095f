"""Batch first inside, with matrix products."""


def attention_backward(dcontext, cache):
    q, k, v, mask, tau, w = cache
    q, k, v, dc = (np.swapaxes(a, 0, 1) for a in (q, k, v, dcontext))
    dw = dc @ np.swapaxes(v, 1, 2)
    de = w * (dw - (w * dw).sum(axis=2)[:, :, None])
    e = q @ np.swapaxes(k, 1, 2) / tau
    dq, dk, dv = de @ k / tau, np.swapaxes(de, 1, 2) @ q / tau, np.swapaxes(w, 1, 2) @ dc
    return (*(np.swapaxes(a, 0, 1) for a in (dq, dk, dv)), -(de * e).sum() / tau)
