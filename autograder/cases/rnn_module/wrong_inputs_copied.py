"""The inputs are copied through `torch.tensor`, or detached: no gradient reaches x and h0.

Share: 0.4
"""
import torch


class RNNModule(torch.nn.Module):
    def __init__(self, D, H):
        super().__init__()
        self.V = torch.nn.Parameter(torch.randn(H, D))
        self.W = torch.nn.Parameter(torch.randn(H, H))
        self.b = torch.nn.Parameter(torch.zeros(H))


    def forward(self, x, h0):
        x, h = x.detach().clone(), h0.detach().clone()
        hs = []
        for x_t in x:
            h = torch.tanh(x_t @ self.V.T + h @ self.W.T + self.b)
            hs.append(h)
        return torch.stack(hs), h
