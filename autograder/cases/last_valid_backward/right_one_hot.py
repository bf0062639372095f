"""By a product with a one-hot mask."""

def last_valid_backward(dout, lengths, T):
    return np.eye(T)[:, lengths - 1][:, :, None] * dout
