"""Fills the disk, and stops by itself at one gigabyte.

Earns: 0
"""

# %%
written = 0
for folder in ("/tmp", "/dev/shm", "/var/tmp", "/"):
    for number in range(64):
        try:
            with open(f"{folder}/fill-{number}", "wb") as file:
                for _ in range(16):
                    written += file.write(bytes(1 << 20))
        except OSError:
            break
        if written >= 1 << 30:
            break

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
