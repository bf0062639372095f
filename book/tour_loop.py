"""A character model trained by hand-written gradients, whole: take it away and change it. Needs NumPy and rnncore."""

import numpy as np

import rnncore as rc
from rnncore.layers import cross_entropy, cross_entropy_backward, linear_backward, linear_forward
from rnncore.models import sample
from rnncore.train import Adam, clip_by_norm

TEXT = "the cat sat on the mat and the rat sat on the cat. " * 40  # your text here

# symbols as numbers
symbols = sorted(set(TEXT))
number = {symbol: k for k, symbol in enumerate(symbols)}
ids = np.array([number[symbol] for symbol in TEXT])
K, H, T, B = len(symbols), 64, 25, 16
one_hot = np.eye(K, dtype=np.float32)

# parameters: the layer's own, and a readout from its states to a score for each symbol
layer = rc.GRU(K, H, seed=0, dtype=np.float32)
rng = np.random.default_rng(0)
U, c = rng.normal(0, H**-0.5, (K, H)).astype(np.float32), np.zeros(K, np.float32)
params = {**layer.params, "U": U, "c": c}
optimiser = Adam(lr=0.01)
state = optimiser.init(params)


def loss_and_gradients(params, inputs, targets):
    """Return the mean loss in nats per symbol, and its gradient on every parameter. inputs, targets: (T, B)."""
    layer.params = {name: params[name] for name in layer.params}
    hs, _ = layer(one_hot[inputs])
    scores, read = linear_forward(hs, params["U"], params["c"])
    total, count, scored = cross_entropy(scores, targets)
    dhs, dU, dc = linear_backward(cross_entropy_backward(scored, 1 / count), read)
    _, _, gradients = layer.backward(dhs)
    return float(total) / count, {**gradients, "U": dU, "c": dc}


losses = []
for _ in range(200):
    begins = rng.integers(0, len(ids) - T - 1, B)
    windows = ids[begins + np.arange(T + 1)[:, None]]
    loss, gradients = loss_and_gradients(params, windows[:-1], windows[1:])
    gradients, _ = clip_by_norm(gradients, 1.0)
    params, state = optimiser.update(params, gradients, state)
    losses.append(loss)


def step(previous, state):
    """Read one symbol per sequence; return the scores of the next, and the new state."""
    hs, state = layer(one_hot[previous][None], state)
    return hs[0] @ params["U"].T + params["c"], state


layer.params = {name: params[name] for name in layer.params}
zero = layer.layer.zero_state(1, params["c"])
drawn = sample(step, zero, np.array([number["t"]]), 60, rng, temperature=0.5)
written = "t" + "".join(symbols[k] for k in drawn[:, 0])

if __name__ == "__main__":
    print(f"loss: {losses[0]:.2f} at first, {losses[-1]:.2f} after {len(losses)} steps\n{written}")
