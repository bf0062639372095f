"""The reset gate has changed its sign as well. It means the same in both conventions."""


def gru_flip(P):
    return {key: -a if key in ("V_z", "W_z", "b_z", "V_r", "W_r", "b_r") else a.copy() for key, a in P.items()}
