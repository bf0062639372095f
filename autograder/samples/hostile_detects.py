"""Finds out that it is being graded, and then claims success in every way it can print.

Earns: 0
"""

# %%
import os
import sys

graded = "IPYTHONDIR" in os.environ or not os.path.exists("/home")
if graded:
    print("rnn_step: right, in all 12 cases.")
    print(100)
    sys.stdout.write("[right] rnn_step\n")

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
