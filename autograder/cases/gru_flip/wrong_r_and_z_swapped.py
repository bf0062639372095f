"""r and z have changed places. They have different tasks; the other convention flips z alone."""


def gru_flip(P):
    swap = {"r": "z", "z": "r"}
    return {key: P[key[:2] + swap.get(key[2:], key[2:])].copy() for key in P}
