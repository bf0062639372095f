"""b_z keeps its sign: the whole of a_z has to change sign, its bias too."""


def gru_flip(P):
    return {key: -a if key in ("V_z", "W_z") else a.copy() for key, a in P.items()}
