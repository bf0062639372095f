"""By logaddexp, batch first, and a matrix product for dq."""


def attention_pool_backward(dpooled, hs, lengths, q):
    valid = np.arange(len(hs)) < lengths[:, None]
    h = np.where(valid[..., None], np.swapaxes(hs, 0, 1), 0.0)
    s = np.where(valid, h.dot(q), -np.inf)
    w = np.exp(s - np.logaddexp.reduce(s, axis=1, keepdims=True))
    dw = np.matmul(h, dpooled[:, :, None])[:, :, 0]
    ds = w * dw - w * (w * dw).sum(axis=1, keepdims=True)
    dhs = w[:, :, None] * dpooled[:, None, :] + ds[:, :, None] * q[None, None]
    return dhs.swapaxes(0, 1), ds.reshape(-1) @ h.reshape(-1, len(q))
