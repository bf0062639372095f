"""The weights are plain tensors. Only a `torch.nn.Parameter` is a parameter.

Diagnosis: raises
"""
import torch


class RNNModule(torch.nn.Module):
    def __init__(self, D, H):
        super().__init__()
        self.V = torch.randn(H, D, requires_grad=True)
        self.W = torch.randn(H, H, requires_grad=True)
        self.b = torch.zeros(H, requires_grad=True)


    def forward(self, x, h0):
        V, W, b = self.V, self.W, self.b
        h, hs = h0, []
        for x_t in x:
            h = torch.tanh(x_t @ V.T + h @ W.T + b)
            hs.append(h)
        return torch.stack(hs), h
