"""Vector by vector, each freed of those before it."""

def orthogonal(shape, rng, gain=1.0):
    rows, columns = shape
    vectors = []
    while len(vectors) < min(rows, columns):
        v = rng.standard_normal(max(rows, columns))
        for _ in range(2):
            for u in vectors:
                v = v - (u @ v) * u
        vectors.append(v / np.linalg.norm(v))
    M = gain * np.array(vectors)
    return M.T if rows >= columns else M
