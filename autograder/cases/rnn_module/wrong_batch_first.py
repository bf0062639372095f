"""The arrays are read as batch-first. Here the first axis is time: x is (T, B, D)."""
import torch


class RNNModule(torch.nn.Module):
    def __init__(self, D, H):
        super().__init__()
        self.V = torch.nn.Parameter(torch.randn(H, D))
        self.W = torch.nn.Parameter(torch.randn(H, H))
        self.b = torch.nn.Parameter(torch.zeros(H))


    def forward(self, x, h0):
        h, hs = h0, []
        for t in range(x.shape[1]):
            h = torch.tanh(x[:, t] @ self.V.T + h @ self.W.T + self.b)
            hs.append(h)
        return torch.stack(hs, 1), h
