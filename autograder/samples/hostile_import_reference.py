"""Imports the reference package, or the solutions, or the true checks.

Earns: 0
"""

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    try:
        from autograder.checks.solutions import solution_functions

        return solution_functions("rnn_step")["rnn_step"](x, h, V, W, b)
    except ImportError:
        from rnncore.cells import RNN
        from rnncore.types import Params

        return RNN.step(x, (h,), Params(V, W, b))[0]
