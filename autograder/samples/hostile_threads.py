"""Leaves fifty threads behind that keep a processor busy.

Earns: 0
"""

# %%
import threading


def burn():
    while True:
        sum(range(1000))


for _ in range(50):
    try:
        threading.Thread(target=burn, daemon=True).start()
    except RuntimeError:
        break

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
