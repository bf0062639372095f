"""Every key that ends in _z, times -1."""

def gru_flip(P):
    return {key: a * (-1.0 if key.endswith("_z") else 1.0) for key, a in P.items()}
