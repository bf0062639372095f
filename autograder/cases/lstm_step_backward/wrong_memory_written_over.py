"""The gradient on f uses the new memory: it was written into the array of the old one, which the cache still needs.

Diagnosis: wrong_new_memory_for_old
"""

def lstm_step(x, h, C, P):
    s = {q: x @ P[f"V_{q}"].T + h @ P[f"W_{q}"].T + P[f"b_{q}"] for q in "ifgo"}
    i, f, o = (1 / (1 + np.exp(-np.clip(s[q], -700, 700))) for q in "ifo")
    g = np.tanh(s["g"])
    C = C.copy()
    kept = [x, h, C, P, i, f, g, o]
    C *= f
    C += i * g
    return o * np.tanh(C), C, [*kept, np.tanh(C)]
