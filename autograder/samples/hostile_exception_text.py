"""Carries the hidden numbers out: printed, in the text of an exception, in its type, and as the key of a result.

Earns: 0
"""

# %%
seen = []

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    seen.append(h)
    print(seen)
    if len(seen) % 2:
        raise type("E" + str(abs(h.flat[0])).replace(".", "_"), (ValueError,), {})(repr((x, h, V, W, b)))
    return {str(h): h}, None
