"""Asks another machine for the answer, and tells it the test.

Earns: 0
"""

# %%
import socket

try:
    with socket.create_connection(("1.1.1.1", 80), timeout=2) as line:
        line.sendall(b"GET / HTTP/1.0\r\n\r\n")
        print("CONNECTED", line.recv(100))
except OSError as error:
    print("no network:", error)

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
