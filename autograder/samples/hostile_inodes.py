"""Makes as many files as it can, and stops by itself at a hundred thousand.

Earns: 0
"""

# %%
import os

os.makedirs("/tmp/many", exist_ok=True)
for number in range(100_000):
    try:
        open(f"/tmp/many/{number}", "w").close()
    except OSError:
        break

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
