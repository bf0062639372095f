"""Prints the text of the tests from a pre_run_cell hook, and stops them from running.

Earns: 0
"""

# %%
from IPython import get_ipython


def hook(info=None):
    print("seen:", getattr(info, "raw_cell", None))
    raise KeyboardInterrupt


get_ipython().events.register("pre_run_cell", hook)
get_ipython().events.register("pre_execute", hook)

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
