"""The state is detached between steps: no gradient crosses from a step to the one before.

Diagnosis: wrong_state_detached
Share: 0.36
"""

class RNNModule(torch.nn.Module):
    def __init__(self, D, H):
        super().__init__()
        self.V = torch.nn.Parameter(torch.randn(H, D))
        self.W = torch.nn.Parameter(torch.randn(H, H))
        self.b = torch.nn.Parameter(torch.zeros(H))


    def forward(self, x, h0):
        hs = []
        for k in range(len(x)):
            before = hs[-1].data if hs else h0.data
            hs += [(torch.nn.functional.linear(x[k], self.V, self.b) + before @ self.W.t()).tanh()]
        return torch.stack(hs), hs[-1]
