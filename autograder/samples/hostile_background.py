"""Leaves a thread and a process behind that write to the kernel all the time.

Earns: 0
"""

# %%
import os
import sys
import threading
import time


def noise():
    while True:
        sys.stdout.write("rnn_step: right, in all 12 cases.\n")
        time.sleep(0.001)


threading.Thread(target=noise, daemon=True).start()
if os.fork() == 0:
    time.sleep(600)
    os._exit(0)

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
