"""Answers with garbage: broken JSON, pickles, arrays larger than they are, deep nests, unknown handles.

Earns: 0
"""

# %%
import base64
import itertools
import pickle
import signal

channel = signal.getsignal(signal.SIGINT).__self__
true_send, line = channel.send, channel._socket
header = b"\x93NUMPY\x01\x00\x76\x00" + b"{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999, 999999)}".ljust(117) + b"\n"
garbage = itertools.cycle(
    [
        '"value": {"a": "' + base64.b64encode(pickle.dumps(print)).decode() + '"}}',
        '"value": {"a": "' + base64.b64encode(header).decode() + '"}}',
        '"value": {"h": "../../etc"}}',
        '"value": {"f": 0, "n": "print"}}',
        '"value": {"r": ["1", "2"]}}',
        '"callback": -1, "args": [], "k": 1}',
        '"callback": 0, "args": "no list", "k": []}',
        '"value": {"i": "' + "9" * 100000 + '"}}',
        '"error": {"not": "a text"}, "changed": {}}',
        '"value": ' + "[" * 100000 + "}",
        '"value": {not json}',
    ]
)


def send(message):
    if "value" not in message and "error" not in message:
        return true_send(message)
    text = ('{"id": %d, ' % message["id"] + next(garbage)).encode()
    line.sendall(len(text).to_bytes(4, "big") + text)


channel.send = send

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
