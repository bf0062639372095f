"""Tries to attach to other processes as a debugger, and to read their memory.

Earns: 0
"""

# %%
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
for entry in os.listdir("/proc"):
    if entry.isdigit() and int(entry) != os.getpid():
        libc.ptrace(16, int(entry), None, None)
        try:
            open(f"/proc/{entry}/mem", "rb").read(1)
        except OSError:
            pass

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
