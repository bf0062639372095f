"""Prints 100 MB.

Earns: 0
"""

# %%
for _ in range(100):
    print("x" * 1_000_000)

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
