"""A layer of torch's own, filled in; its parameters as they are."""

def to_torch(P):
    H, D = P["V_o"].shape
    lstm = torch.nn.LSTM(D, H, dtype=torch.float64)
    with torch.no_grad():
        for k, gate in enumerate("ifgo"):
            lstm.weight_ih_l0[k * H : k * H + H] = torch.tensor(P["V_" + gate])
            lstm.weight_hh_l0[k * H : k * H + H] = torch.tensor(P["W_" + gate])
            lstm.bias_ih_l0[k * H : k * H + H] = torch.tensor(P["b_" + gate])
        lstm.bias_hh_l0.zero_()
    return dict(lstm.named_parameters())
