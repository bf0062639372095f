"""Reaches torch's own recurrent network through the decomposition that torch keeps of it, written in Python.

Earns: 0
"""

# %% exercise="rnn_module"
class RNNModule(torch.nn.Module):
    def __init__(self, D, H):
        super().__init__()
        self.V = torch.nn.Parameter(torch.randn(H, D))
        self.W = torch.nn.Parameter(torch.randn(H, H))
        self.b = torch.nn.Parameter(torch.zeros(H))

    def forward(self, x, h0):
        import torch._decomp

        network = torch._decomp.decomposition_table[torch.ops.aten.rnn_tanh.input]
        weights = [self.V, self.W, self.b, torch.zeros_like(self.b)]
        hs, h = network(x, h0[None], weights, True, 1, 0.0, False, False, False)
        return hs, h[0]
