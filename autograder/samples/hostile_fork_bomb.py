"""Starts processes until it cannot.

Earns: 0
"""

# %%
import os
import time

children = 0
try:
    while children < 5000:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        children += 1
except OSError as error:
    print("children:", children, error)

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
