"""torch.nn.functional.linear, indices, the result preallocated by the dtype of h0."""

class RNNModule(torch.nn.Module):
    def __init__(self, D, H):
        super().__init__()
        self.V = torch.nn.Parameter(torch.randn(H, D))
        self.W = torch.nn.Parameter(torch.randn(H, H))
        self.b = torch.nn.Parameter(torch.zeros(H))


    def forward(self, x, h0):
        linear = torch.nn.functional.linear
        hs = h0.new_empty((x.shape[0], *h0.shape))
        h = h0
        for t in range(x.shape[0]):
            h = (linear(x[t], self.V, self.b) + linear(h, self.W)).tanh()
            hs[t] = h
        return hs, h
