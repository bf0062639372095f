"""By np.pad and a stack."""

def pad_batch(seqs, pad):
    T = max(len(s) for s in seqs)
    columns = [np.pad(s, (0, T - len(s)), constant_values=pad) for s in seqs]
    return np.stack(columns, axis=1), np.array([len(s) for s in seqs])
