"""Row by row, each row freed of those before it in its block."""

def gated_orthogonal(H, n_gates, rng):
    out = []
    for _ in range(n_gates):
        rows = np.zeros((0, H))
        for _ in range(H):
            v = rng.standard_normal(H)
            v = v - rows.T @ (rows @ v)
            v = v - rows.T @ (rows @ v)
            rows = np.vstack([rows, v / np.linalg.norm(v)])
        out.extend(rows)
    return np.array(out)
