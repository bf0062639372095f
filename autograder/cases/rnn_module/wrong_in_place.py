"""The states are written into one buffer and read from it again; backward needs what a later step overwrote there.

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
        h, hs = h0.clone(), []
        for x_t in x:
            z = x_t @ self.V.T + h @ self.W.T + self.b
            h[:] = torch.tanh(z)
            hs.append(h.clone())
        return torch.stack(hs), h
