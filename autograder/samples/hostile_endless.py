"""Never returns, and cannot be interrupted.

Earns: 0
"""

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
