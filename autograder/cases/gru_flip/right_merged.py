"""Merged dicts; the arrays that stay are shared."""

def gru_flip(P):
    return {**P, **{"V_z": -P["V_z"], "W_z": -P["W_z"], "b_z": -P["b_z"]}}
