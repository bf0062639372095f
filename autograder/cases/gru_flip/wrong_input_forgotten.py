"""V_z keeps its sign: the input speaks to the update gate, too."""


def gru_flip(P):
    return {key: -a if key in ("W_z", "b_z") else a.copy() for key, a in P.items()}
