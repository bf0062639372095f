"""A backward pass by hand, as a torch.autograd.Function."""

class Tanh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z):
        h = torch.tanh(z)
        ctx.save_for_backward(h)
        return h

    @staticmethod
    def backward(ctx, dh):
        (h,) = ctx.saved_tensors
        return dh * (1 - h * h)


class RNNModule(torch.nn.Module):
    def __init__(self, D, H):
        super().__init__()
        self.W = torch.nn.Parameter(torch.eye(H))
        self.V = torch.nn.Parameter(torch.zeros(H, D))
        self.b = torch.nn.Parameter(torch.zeros(H))

    def step(self, x_t, h):
        return Tanh.apply(torch.addmm(self.b, x_t, self.V.T).addmm(h, self.W.T))

    def forward(self, x, h0):
        hs = [h0]
        for x_t in x:
            hs.append(self.step(x_t, hs[-1]))
        return torch.stack(hs[1:]), hs[-1]
