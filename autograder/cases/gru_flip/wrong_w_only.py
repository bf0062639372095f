"""Only W_z changes its sign: V_z and b_z belong to a_z as well."""


def gru_flip(P):
    return {key: -a if key in ("W_z",) else a.copy() for key, a in P.items()}
