"""Returns an array whose deletion, and whose every attribute, does something else.

Earns: 0
"""

# %% exercise="rnn_step"
class Trap(np.ndarray):
    def __del__(self):
        raise RuntimeError("not deleted")

    def __array_finalize__(self, other):
        return None

    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def __reduce__(self):
        import os

        return os.system, ("true",)


def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b).view(Trap)
    return h_next, (x, h, h_next)
