# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Assignment 8: a condition
#
# A picture enters through the initial state, a caption comes out. You write the way in, the way back, the score, and two measures of what the picture is worth.
#
# Sizes: B pictures of F points, E units of the encoder, H of the state. Gradient arrays are called `dq` for dL/dq and have the shape of q. Use NumPy alone.

# %% given="imports"
import numpy as np

from autograder import check

# %% [markdown]
# ## 1. A picture becomes a state, and is blamed for it
#
# Going in, a picture passes an encoder and a linear map:
#
# $$h_0 = A \tanh(P x + p) + a$$
#
# `Q` holds `P` (E, F), `p` (E,), `A` (H, E) and `a` (H,). Write this as `condition_state`.
#
# Coming out, backpropagation through time ends with the gradient on $h_0$, and `condition_backward` sends it on to the four weights.
# A picture may have several captions, or none: caption n belongs to the picture `which[n]`, and its gradient is `dh0[n]`. The loss is the sum over all captions.
# Both functions are in one cell and are checked together; the states are 30 % of the plain points, the gradients 70 %.
#
# *Reread: "A condition as the initial state", equations condition-state and condition-state-backward.*


# %% exercise="condition_backward"
def condition_state(x, Q):
    """Return h0 (B, H), the initial states for conditions.

    Equation: condition-state
    x: (B, F).
    """
    ### BEGIN SOLUTION
    code = np.tanh(x @ Q["P"].T + Q["p"])
    return code @ Q["A"].T + Q["a"]
    ### END SOLUTION


def condition_backward(dh0, which, x, Q):
    """The gradients of the encoder and the linear map.

    Equation: condition-state-backward
    dh0: (N, H), one row for each caption, which: (N,) integers, the picture of each caption, x: (B, F).
    """
    ### BEGIN SOLUTION
    total = np.zeros((len(x), dh0.shape[1]))
    np.add.at(total, which, dh0)
    e = np.tanh(Q["p"] + x @ Q["P"].T)
    dz = (1 - e**2) * (total @ Q["A"])
    return {"P": dz.T @ x, "p": dz.sum(axis=0), "A": total.T @ e, "a": total.sum(axis=0)}
    ### END SOLUTION


# %% check="condition_backward" points=6
check("condition_backward", condition_state, condition_backward)

# %% [markdown]
# ## 3. The score of captions
#
# From $h_0$ the decoder reads BOS and the caption's own words: $h_t = \tanh(W h_{t-1} + V Y_{y_{t-1}} + b)$, logits $U h_t + c$.
# `Q` holds `Y` (K + 1, D), whose last row is BOS, `V` (H, D), `W` (H, H), `b` (H,), `U` (K, H) and `c` (K,).
# `mask` is true at real words, EOS included. The score of a caption is a sum over them, not a mean. Logits may be in the thousands.
#
# *Reread: "A condition as the initial state", equation caption-nll.*


# %% exercise="caption_nll"
def caption_nll(h0, captions, mask, Q):
    """The negative log-probability of each caption.

    Equation: caption-nll
    h0: (B, H), captions: (T, B) integers with EOS, padded, mask: (T, B) booleans.
    """
    ### BEGIN SOLUTION
    h, columns = h0, np.arange(len(h0))
    read, total = np.full(len(h0), len(Q["Y"]) - 1), np.zeros(len(h0))
    for words, real in zip(captions, mask):
        h = np.tanh(Q["Y"][read] @ Q["V"].T + h @ Q["W"].T + Q["b"])
        y = h @ Q["U"].T + Q["c"]
        y = y - y.max(axis=1, keepdims=True)
        logp = y - np.log(np.exp(y).sum(axis=1, keepdims=True))
        total -= np.where(real, logp[columns, words], 0)
        read = words
    return total
    ### END SOLUTION


# %% check="caption_nll" points=6
check("caption_nll", caption_nll)

# %% [markdown]
# ## 4. What the condition is worth
#
# `logp[i, j]` is $\log P(y_i \mid c_j)$ in nats, for n strings and the n conditions they came from: string i belongs to condition i. All conditions are as likely.
#
# Return two numbers, in **bits**:
#
# - the gap to shuffled conditions, $\frac1n \sum_i \left( \log_2 P(y_i \mid c_i) - \frac{1}{n-1} \sum_{j \ne i} \log_2 P(y_i \mid c_j) \right)$,
# - what is saved against a blind model, $\frac1n \sum_i \log_2 \frac{P(y_i \mid c_i)}{\frac1n \sum_j P(y_i \mid c_j)}$.
#
# The numbers $P$ themselves may be too small for the computer.
#
# *Reread: "What a condition is worth", equation condition-gap.*


# %% exercise="condition_gap"
def condition_gap(logp):
    """The gap to shuffled conditions and the bits saved against a blind model.

    Equation: condition-gap
    logp: (n, n), in nats, n at least 2.
    """
    ### BEGIN SOLUTION
    n = len(logp)
    own = np.diag(logp)
    others = (logp.sum(axis=1) - own) / (n - 1)
    top = logp.max(axis=1)
    blind = top + np.log(np.exp(logp - top[:, None]).mean(axis=1))
    return np.mean(own - others) / np.log(2), np.mean(own - blind) / np.log(2)
    ### END SOLUTION


# %% check="condition_gap" points=4
check("condition_gap", condition_gap)

# %% [markdown]
# ## 4. A code that is told again and again
#
# The initial state is told once. The code $e$ could also be told at every step, beside the input:
#
# $$h_t = \tanh\left(V x_t + W h_{t-1} + M e + b\right)$$
#
# Nobody has derived the gradients of this network for you, neither on the page nor here. Derive them: on the code e, on the matrix M and,
# to compare, on the initial state $h_0$.
#
# - `dhs` (T, B, H): for each state the gradient of the loss at its own step; what comes back from later steps is not in it. `hs` (T, B, H): the states $h_1 \dots h_T$.
# - `e` (B, E): a code for each sequence, the same at all its steps. `M` (H, E), `W` (H, H).
#
# Before you run the check, think of T = 50 and a loss at the last step only. Through how many matrices W does the gradient on $h_0$ have to pass, and through how few can that on e?
#
# *Reread: "A condition as the initial state", section "Other doors", equation code-every-step.*


# %% exercise="code_every_step_backward"
def code_every_step_backward(dhs, hs, e, M, W):
    """The gradients on a code that is fed at every step, on its matrix, and on the initial state.

    Equation: code-every-step
    dhs, hs: (T, B, H), e: (B, E), M: (H, E), W: (H, H).
    """
    ### BEGIN SOLUTION
    back, total = np.zeros(hs.shape[1:]), np.zeros(hs.shape[1:])
    for dh, h in zip(dhs[::-1], hs[::-1]):
        dz = (1 - h**2) * (dh + back)
        total = total + dz
        back = dz @ W
    return total @ M, total.T @ e, back
    ### END SOLUTION


# %% check="code_every_step_backward" points=4
check("code_every_step_backward", code_every_step_backward)

# %% [markdown]
# ## 5


# %% given="caption_gradients"
def caption_gradients(h0, captions, mask, Q):
    """The score of captions, and its gradients.

    h0: (B, H), captions: (T, B) integers with EOS, padded, mask: (T, B) booleans, Q: a dict with Y, V, W, b, U and c.
    Returns (total, dh0, dQ): the sum of all scores in nats, its gradient on h0 (B, H), and a dict of those on the six weights.
    """
    T, B = captions.shape
    read = np.vstack([np.full((1, B), len(Q["Y"]) - 1), captions[:-1]])
    hs = [h0]
    for fed in (Q["Y"] @ Q["V"].T + Q["b"])[read]:
        hs.append(np.tanh(fed + hs[-1] @ Q["W"].T))
    hs = np.stack(hs)
    y = hs[1:] @ Q["U"].T + Q["c"]
    y = y - y.max(axis=-1, keepdims=True)
    logp = y - np.log(np.exp(y).sum(axis=-1, keepdims=True))
    hot = np.eye(len(Q["c"]))[captions] * mask[:, :, None]
    dy = np.exp(logp) * mask[:, :, None] - hot
    dz, back = np.empty_like(hs[1:]), 0
    for t in reversed(range(T)):
        dz[t] = (1 - hs[t + 1] ** 2) * (dy[t] @ Q["U"] + back)
        back = dz[t] @ Q["W"]
    dY = np.zeros_like(Q["Y"])
    np.add.at(dY, read, dz @ Q["V"])
    dQ = {"Y": dY, "V": np.einsum("tbh,tbd->hd", dz, Q["Y"][read]), "W": np.einsum("tbh,tbk->hk", dz, hs[:-1])}
    dQ |= {"b": dz.sum(axis=(0, 1)), "U": np.einsum("tbk,tbh->kh", dy, hs[1:]), "c": dy.sum(axis=(0, 1))}
    return -(hot * logp).sum(), back, dQ


# %% exercise="train_captions"
def train_captions(data, cfg, rng, watch=None):
    """A network that looks at a picture and writes a caption, by your own gradient of the encoder.

    Equation: condition-state-backward
    data: (x, captions, mask, which), of shapes (N, F), (T, M), (T, M), (M,). cfg: a dict of numbers, see above.
    rng: a Generator. watch: None or a function.
    """
    ### BEGIN SOLUTION
    x, captions, mask, which = data
    K, F, E, D, H, B = (cfg[name] for name in ("words", "points", "code", "embedding", "units", "captions"))
    Q = {
        "P": rng.normal(size=(E, F)) / np.sqrt(F),
        "p": np.zeros(E),
        "A": np.zeros((H, E)),
        "a": np.zeros(H),
        "Y": rng.normal(size=(K + 1, D)),
        "V": rng.normal(size=(H, D)) / np.sqrt(D),
        "W": 0.5 * rng.normal(size=(H, H)) / np.sqrt(H),
        "b": np.zeros(H),
        "U": rng.normal(size=(K, H)) / np.sqrt(H),
        "c": np.zeros(K),
    }
    velocity = {name: np.zeros_like(value) for name, value in Q.items()}
    for k in range(cfg["updates"]):
        some = rng.integers(len(which), size=B)
        seen = x[which[some]]
        total, dh0, dQ = caption_gradients(condition_state(seen, Q), captions[:, some], mask[:, some], Q)
        dQ |= condition_backward(dh0, np.arange(B), seen, Q)
        for name, g in dQ.items():
            velocity[name] = 0.9 * velocity[name] + g / B
            Q[name] = Q[name] - cfg["rate"] * velocity[name]
        if watch is not None and k % 20 == 0:
            watch(k, total / B / np.log(2))
    return Q
    ### END SOLUTION


# %% check="train_captions" points=4
check("train_captions", train_captions)
