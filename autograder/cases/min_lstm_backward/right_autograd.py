"""By torch's automatic differentiation, through the same equations."""


def min_lstm_backward(dhs, cache):
    x, h0, P = cache[:3]
    xs, h, W = torch.tensor(x), torch.tensor(h0), {key: torch.tensor(p) for key, p in P.items()}
    leaves = [xs, h, *W.values()]
    for leaf in leaves:
        leaf.requires_grad_()
    z = {q: xs @ W["V_" + q].T + W["b_" + q] for q in "fin"}
    logsigmoid = torch.nn.functional.logsigmoid
    keep = torch.sigmoid(logsigmoid(z["f"]) - logsigmoid(z["i"]))
    loss, upstream = 0.0, torch.tensor(np.ascontiguousarray(dhs))
    for a, n, g in zip(keep, z["n"], upstream):
        h = a * h + (1 - a) * n
        loss = loss + (g * h).sum()
    grads = torch.autograd.grad(loss, leaves)
    return grads[0], grads[1], dict(zip(W, grads[2:]))
