"""The reset gate was flipped in place of the update gate."""


def gru_flip(P):
    return {key: -a if key in ("V_r", "W_r", "b_r") else a.copy() for key, a in P.items()}
