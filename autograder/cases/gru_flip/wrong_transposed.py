"""W_z was transposed besides changing its sign."""


def gru_flip(P):
    return {key: (-a.T if key == "W_z" else -a) if key.endswith("_z") else a.copy() for key, a in P.items()}
