"""1 - weight was taken. It is the gate that becomes 1 - z, and for that its argument changes sign."""


def gru_flip(P):
    return {key: 1 - a if key.endswith("_z") else a.copy() for key, a in P.items()}
