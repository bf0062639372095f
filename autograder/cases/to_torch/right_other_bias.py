"""The bias in the other place, blocks by name, row_stack."""

def to_torch(P):
    blocks = [np.vstack([P[f"{letter}_i"], P[f"{letter}_f"], P[f"{letter}_g"], P[f"{letter}_o"]]) for letter in "VW"]
    bias = np.hstack([P["b_i"], P["b_f"], P["b_g"], P["b_o"]])
    return dict(bias_hh_l0=bias, bias_ih_l0=np.zeros(bias.shape), weight_hh_l0=blocks[1], weight_ih_l0=blocks[0])
