"""Vector by vector, each freed of those before it in its block."""


def orthogonal(shape, rng, gain=1.0, n_gates=1):
    rows, columns = shape
    out = []
    for _ in range(n_gates):
        vectors = []
        while len(vectors) < min(rows, columns):
            v = rng.standard_normal(max(rows, columns))
            for _ in range(2):
                for u in vectors:
                    v = v - (u @ v) * u
            vectors.append(v / np.linalg.norm(v))
        M = gain * np.array(vectors)
        out.extend(M.T if rows >= columns else M)
    return np.array(out)
