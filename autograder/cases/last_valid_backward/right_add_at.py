"""By adding at the places."""

def last_valid_backward(dout, lengths, T):
    d = np.zeros((T, *dout.shape))
    np.add.at(d, (np.asarray(lengths) - 1, np.arange(len(dout))), dout)
    return d
