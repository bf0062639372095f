"""hs is made of detached states, or through NumPy: a loss that sees them has no gradient. Use `torch.stack`.

Share: 0.4
"""
import numpy as np
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
            h = torch.tanh(x_t @ self.V.T + h @ self.W.T + self.b)
            hs.append(h.detach().numpy())
        return torch.from_numpy(np.stack(hs)), h
