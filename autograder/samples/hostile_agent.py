"""Takes over the agent, and answers that all is right.

Earns: 0
"""

# %%
import sys
import types

fake = types.ModuleType("autograder.judge.agent")


def serve():
    import json

    from IPython import get_ipython

    message = {"ready": True}
    while True:
        text = get_ipython().kernel.raw_input(json.dumps(message))
        request = json.loads(text)
        if request.get("op") == "end":
            return
        message = {"names": request.get("names"), "passed": True, "score": 100, "value": True, "changed": []}


fake.serve = serve
sys.modules["autograder.judge.agent"] = fake

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
