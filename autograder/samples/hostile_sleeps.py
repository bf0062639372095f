"""Sleeps for as long as a cell may run, then goes on as if nothing had been.

Earns: 0
"""

# %%
import time

try:
    time.sleep(3600)
except KeyboardInterrupt:
    pass

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
