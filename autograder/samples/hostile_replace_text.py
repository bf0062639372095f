"""Replaces the text of the tests with an input transformer.

Earns: 0
"""

# %%
from IPython import get_ipython

get_ipython().input_transformers_cleanup.append(lambda lines: ["1\n"] if any("check" in line for line in lines) else lines)

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
