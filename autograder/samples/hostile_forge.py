"""Answers with garbage: broken JSON, pickles, arrays larger than they are, deep nests, unknown handles.

Earns: 0
"""

# %%
import base64
import itertools
import pickle

from IPython import get_ipython

kernel = get_ipython().kernel
true_input = kernel.raw_input
header = b"\x93NUMPY\x01\x00\x76\x00" + b"{\x27descr\x27: \x27<f8\x27, \x27fortran_order\x27: False, \x27shape\x27: (9999999999, 999999)}".ljust(117) + b"\n"
garbage = itertools.cycle(
    [
        "{not json",
        "[" * 100000,
        "{\"value\": {\"a\": \"" + base64.b64encode(pickle.dumps(print)).decode() + "\"}}",
        "{\"value\": {\"a\": \"" + base64.b64encode(header).decode() + "\"}}",
        "{\"value\": {\"h\": \"../../etc\"}}",
        "{\"callback\": -1, \"args\": []}",
        "{\"value\": {\"i\": \"" + "9" * 100000 + "\"}}",
    ]
)
kernel.raw_input = lambda prompt="", *a: true_input(prompt if "names" in prompt or "ready" in prompt else next(garbage))

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
