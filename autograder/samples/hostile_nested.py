"""Returns containers that hold themselves, that are ten thousand deep, and that are endless.

Earns: 0
"""

# %% exercise="rnn_step"
calls = []


def rnn_step(x, h, V, W, b):
    calls.append(1)
    loop = []
    loop.append(loop)
    deep = []
    for _ in range(10_000):
        deep = [deep]
    wide = [[0] * 1000] * 10_000
    return ([loop, deep, wide, iter(int, 1)][len(calls) % 4], (x, h))
