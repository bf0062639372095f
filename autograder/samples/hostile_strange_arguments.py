"""Sends back arguments that are none: of another type, nested in themselves, or nothing at all.

Earns: 0
"""

# %%
import itertools
import sys

Agent = sys.modules["inside.agent"].Agent
true_answer, strange = Agent.answer, itertools.cycle([None, [[]] * 9000, {"a": 5}, [{"d": [[1, 2, 3]]}], "x"])


def answer(self, request):
    reply = true_answer(self, request)
    return {**reply, "args": next(strange)} if "args" in reply else reply


Agent.answer = answer

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
