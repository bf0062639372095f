"""Takes 10 GB.

Earns: 0
"""

# %%
blocks = []
try:
    for _ in range(100):
        blocks.append(np.ones(13_000_000))
except MemoryError:
    blocks.clear()
    print("no memory")

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
