"""np.take along the first axis."""

def embed(ids, E):
    return np.take(E, ids, axis=0)
