"""hs begins with h0 and lacks the last state. hs[0] is the state after the first input."""
import torch


class RNNModule(torch.nn.Module):
    def __init__(self, D, H):
        super().__init__()
        self.V = torch.nn.Parameter(torch.randn(H, D))
        self.W = torch.nn.Parameter(torch.randn(H, H))
        self.b = torch.nn.Parameter(torch.zeros(H))


    def forward(self, x, h0):
        h, hs = h0, []
        for x_t in x:
            hs.append(h)
            h = torch.tanh(x_t @ self.V.T + h @ self.W.T + self.b)
        return torch.stack(hs), h
