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
# # Assignment 2: backpropagation through time, by hand
#
# You write the way back of the vanilla RNN four times: one step, the whole sequence, the lecture notes' sum, and forward in time.
# They must agree, because they are one derivative. Then you write the tool that would have told you.
# At the end your functions train a network, and you watch its loss fall.
#
# Gradient arrays are called `dq` for dL/dq and have the shape of q. Sizes are as in assignment 1.
# The forward functions of assignment 1 are given below. What they put in the cache is enough;
# if you want something else in it, write the function again in your own cell.
# As in assignment 1, use NumPy alone.

# %% given="imports"
import numpy as np

from autograder import Curve, check


# %% given="rnn_step"
def rnn_step(x, h, V, W, b):
    """One step. The cache is (x, h, h_next, V, W)."""
    h_next = np.tanh(x @ V.T + h @ W.T + b)
    return h_next, (x, h, h_next, V, W)


# %% given="rnn_forward"
def rnn_forward(x, h0, V, W, b):
    """The whole sequence. The cache is (x, h0, hs, V, W)."""
    h, hs = h0, []
    for x_t in x:
        h = np.tanh(x_t @ V.T + h @ W.T + b)
        hs.append(h)
    hs = np.stack(hs)
    return hs, (x, h0, hs, V, W)


# %% [markdown]
# ## 1. One step back
#
# The loss reaches you as `dh_next`, its gradient on the state after the step.
#
# $$dz = (1 - h_t^2) \odot dh_t, \qquad dx = V^\top dz, \quad dh_{t-1} = W^\top dz, \quad dV = dz\, x_t^\top, \quad dW = dz\, h_{t-1}^\top, \quad db = dz$$
#
# The last three are sums over the batch.
#
# *Reread: "Backpropagation through time", equation rnn-step-backward.*


# %% exercise="rnn_step_backward"
def rnn_step_backward(dh_next, cache):
    """One step of the vanilla RNN, backward.

    Equation: rnn-step-backward
    dh_next: (B, H), the gradient on the state after the step. cache: from `rnn_step`.
    """
    ### BEGIN SOLUTION
    x, h, h_next, V, W = cache
    dz = (1 - h_next**2) * dh_next
    return dz @ V, dz @ W, dz.T @ x, dz.T @ h, dz.sum(axis=0)
    ### END SOLUTION


# %% check="rnn_step_backward" points=3
check("rnn_step_backward", rnn_step, rnn_step_backward)

# %% [markdown]
# ## 2. Backpropagation through time
#
# `dhs` is what reaches each state from outside, from its own loss. As in `hs`, `dhs[0]` belongs to $h_1$; in the equation it is $dhs_1$.
# On the way back each state also gets what its successor sends.
#
# $$\delta_t = dhs_t + W^\top (\varphi'(z_{t+1}) \odot \delta_{t+1}), \qquad \delta_{T+1} = 0$$
#
# Here $\delta_t$ is the whole gradient on $h_t$, and $\varphi'(z_t) = 1 - h_t^2$.
# The gradients of V, W and b are sums over the batch and over all steps.
#
# *Reread: "Backpropagation through time", equations bptt-delta and bptt-weights.*


# %% exercise="rnn_backward"
def rnn_backward(dhs, cache):
    """The whole sequence, backward.

    Equation: bptt-delta, bptt-weights
    dhs: (T, B, H), the gradient on each state from outside. cache: from `rnn_forward`.
    """
    ### BEGIN SOLUTION
    x, h0, hs, V, W = cache
    previous = np.concatenate([h0[None], hs[:-1]])
    dz, carry = np.empty_like(hs), np.zeros_like(h0)
    for t in reversed(range(len(x))):
        dz[t] = (1 - hs[t] ** 2) * (dhs[t] + carry)
        carry = dz[t] @ W
    dV = np.einsum("tbh,tbd->hd", dz, x)
    dW = np.einsum("tbh,tbk->hk", dz, previous)
    return dz @ V, carry, dV, dW, dz.sum(axis=(0, 1))
    ### END SOLUTION


# %% check="rnn_backward" points=3
check("rnn_backward", rnn_forward, rnn_backward)

# %% [markdown]
# ## 3. The sum of the lecture notes
#
# $$\frac{dh_t}{dW} = \sum_{j=0}^{t-1} J_t J_{t-1} \cdots J_{t-j+1} \, \frac{\partial^+ h_{t-j}}{\partial W}, \qquad J_k = \mathrm{diag}(\varphi'(z_k))\, W$$
#
# The later Jacobian stands on the left; for j = 0 the product is the identity.
# The direct derivative of one step is $\partial^+ h_k[i] / \partial W[p, q] = \varphi'(z_k)[i]\, h_{k-1}[q]$ if i = p, else 0.
#
# *Reread: "Influence", equation influence-sum.*


# %% exercise="influence_sum"
def influence_sum(cache, t):
    """The derivative of the state at step t with respect to W, by the sum over paths.

    Equation: influence-sum, direct-derivative, step-jacobian
    cache: from `rnn_forward`. t: a step, from 1 to T.
    """
    ### BEGIN SOLUTION
    x, h0, hs, V, W = cache
    B, H = h0.shape
    states = np.concatenate([h0[None], hs])
    total, product = np.zeros((B, H, H, H)), np.broadcast_to(np.eye(H), (B, H, H))
    for k in range(t, 0, -1):
        slope = 1 - states[k] ** 2
        total += np.einsum("bip,bp,bq->bipq", product, slope, states[k - 1])
        product = product @ (slope[:, :, None] * W)
    return total
    ### END SOLUTION


# %% check="influence_sum" points=3
check("influence_sum", rnn_forward, influence_sum)

# %% [markdown]
# ## 4. Forward in time
#
# Carry the derivative itself along the sequence; then no state need be stored.
#
# $$\frac{dh_t}{dW} = \frac{\partial^+ h_t}{\partial W} + J_t \frac{dh_{t-1}}{dW}, \qquad \frac{dh_0}{dW} = 0, \qquad dW = \sum_t \sum_b dhs_t\, \frac{dh_t}{dW}$$
#
# The last product also sums over the units of $h_t$. `dhs` is the one of exercise 2, and the loss reaches W from every step.
#
# *Reread: "Influence", equation rtrl.*


# %% exercise="rtrl"
def rtrl(x, h0, V, W, b, dhs):
    """The gradient of W by the forward recursion (real-time recurrent learning).

    Equation: total-derivative, rtrl
    x: (T, B, D), h0: (B, H), V: (H, D), W: (H, H), b: (H,), dhs: (T, B, H).
    """
    ### BEGIN SOLUTION
    B, H = h0.shape
    h, influence, dW = h0, np.zeros((B, H, H, H)), np.zeros((H, H))
    for x_t, dh in zip(x, dhs):
        h_next = np.tanh(x_t @ V.T + h @ W.T + b)
        slope = 1 - h_next**2
        influence = np.einsum("bi,ij,bjpq->bipq", slope, W, influence)
        influence += np.einsum("bi,ip,bq->bipq", slope, np.eye(H), h)
        dW += np.einsum("bi,bipq->pq", dh, influence)
        h = h_next
    return dW
    ### END SOLUTION


# %% check="rtrl" points=2
check("rtrl", rtrl)

# %% [markdown]
# ## 5. The tool that tells
#
# `f(x)` returns an array y, and `backward(x, dout)` claims to return the gradient of sum(dout * f(x)) on x.
# Compare the claim with central differences, entry by entry, and return
#
# $$\max |a - n| \,/\, \max |n|$$
#
# where a is the claimed gradient and n the numerical one (if n is zero throughout, max|a|).
# Your checker is itself checked: it must pass right gradients and flag wrong ones.
#
# *Reread: "Checking", equation finite-difference.*


# %% exercise="gradcheck"
def gradcheck(f, backward, x, dout, eps):
    """The largest error of a claimed gradient, relative to the largest entry of the numerical one.

    Equation: finite-difference
    f: x -> y. backward: (x, dout) -> dx. x: any shape. dout: the shape of y. eps: half the width of the difference.
    """
    ### BEGIN SOLUTION
    numeric = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = eps
        numeric[index] = np.sum(dout * (f(x + step) - f(x - step))) / (2 * eps)
    scale = np.abs(numeric).max()
    error = np.abs(backward(x, dout) - numeric).max()
    return error / scale if scale > 0 else error
    ### END SOLUTION


# %% check="gradcheck" points=2
check("gradcheck", gradcheck)

# %% [markdown]
# ## 6. Truncated
#
# Cut time into consecutive chunks of k steps; the last may be short.
# The state crosses each cut as it is. The gradient does not.
# `dhs` is the one of exercise 2. `dW` is the sum over all chunks, and `h_T` is the state after the last step.
#
# *Reread: "Truncation", equation truncated-bptt.*


# %% exercise="tbptt"
def tbptt(x, h0, V, W, b, dhs, k):
    """The gradient of W by truncated backpropagation through time.

    Equation: truncated-bptt
    x: (T, B, D), h0: (B, H), V: (H, D), W: (H, H), b: (H,), dhs: (T, B, H), k: steps in a chunk, at least 1.
    """
    ### BEGIN SOLUTION
    h, dW = h0, np.zeros_like(W)
    for start in range(0, len(x), k):
        states = [h]
        for x_t in x[start : start + k]:
            states.append(np.tanh(x_t @ V.T + states[-1] @ W.T + b))
        carry = np.zeros_like(h)
        for t in reversed(range(len(states) - 1)):
            dz = (1 - states[t + 1] ** 2) * (dhs[start + t] + carry)
            dW += dz.T @ states[t]
            carry = dz @ W
        h = states[-1]
    return dW, h
    ### END SOLUTION


# %% check="tbptt" points=2
check("tbptt", tbptt)

# %% [markdown]
# ## 7. Back through the readout
#
# So far `dhs` was given to you. It is time to see where it comes from. A network answers through its readout, $y_t = U h_t + c$,
# and the loss tells you `dys`, its gradient on each $y_t$. One matrix U serves every step, so its gradient collects something from each of them.
#
# $$g_t = U^\top dy_t, \qquad dU = \sum_t dy_t\, h_t^\top, \qquad dc = \sum_t dy_t$$
#
# In words: each state receives what its own output sends back through U, and U receives the products of what went wrong with what was seen.
# dU and dc are also sums over the batch; $g_t$ for all steps is `dhs`.
#
# *Reread: "Direct and total derivatives", equation readout-backward.*


# %% exercise="readout_backward"
def readout_backward(dys, hs, U):
    """The readout y_t = U h_t + c of a whole sequence, backward.

    Equation: readout-backward
    dys: (T, B, K), the gradient on each output. hs: (T, B, H), the states. U: (K, H).
    """
    ### BEGIN SOLUTION
    return dys @ U, np.einsum("tbk,tbh->kh", dys, hs), dys.sum(axis=(0, 1))
    ### END SOLUTION


# %% check="readout_backward" points=2
check("readout_backward", readout_backward)

# %% [markdown]
# ## 8. Your network learns
#
# You now have every derivative of a network, and none of them has taught anything yet. Let them.
# This exercise is built on your `rnn_backward` and `readout_backward`: if one of them is not right yet, mend it first.
#
# Here is something to learn. A source writes zeros and ones; each new symbol is the last one if the symbol five steps back was 0,
# and the opposite of the last one if it was 1. Then a demon flips the result with probability q. (The first five symbols are coin tosses.)
# The demon cannot be foreseen, so even somebody who knows the rule pays $-q \log_2 q - (1-q) \log_2 (1-q)$ bits for each symbol. This is the **floor**.
# Somebody who does not remember five steps back pays 1 bit, like for a coin. Between the two lies what your gradient can earn.
#
# Write the loop: one-hot inputs, your `rnn_forward` from a zero state, the readout $y_t = U h_t + c$, softmax and cross-entropy against the *next* symbol,
# `readout_backward`, `rnn_backward`, and a step against the gradient; then again, with other strings. Take the mean over steps and strings as the loss.
# Plain steps of rate 1.5, three times as many, will do, and so will momentum with the numbers below; any optimiser is welcome.
# Let the start be random and moderate: W of standard deviation $0.5/\sqrt{H}$ is good, zeros are not.
#
# - `ids`: (16, 4000), the strings, time first. `cfg`: {"symbols": 2, "units": 16, "strings": 32, "updates": 600, "rate": 0.3}; these numbers work with momentum 0.9. Choose others if you like.
# - Return a dict with V (H, K), W (H, H), b (H,), U (K, H) and c (K,). The check scores new strings with a forward pass of its own.
# - `watch` is None or a function: call `watch(update, bits)` now and then with the loss in bits, and you will see it fall.
# - You pass with a score at most 0.05 bits per symbol above that of the source itself. 600 updates take less than a second; the check waits for 20 seconds, and so should your patience.
#
# *Reread: "Backpropagation through time", equation bptt-weights, and the section "The loss" of "Direct and total derivatives".*


# %% exercise="train_rnn"
def train_rnn(ids, cfg, rng, watch=None):
    """A vanilla RNN that learns to foresee the next symbol, by your own gradients.

    Equation: bptt-weights, readout-backward
    ids: (T, N) integers in 0..K-1. cfg: a dict of numbers, see above. rng: a Generator. watch: None or a function.
    """
    ### BEGIN SOLUTION
    K, H, B = (cfg[name] for name in ("symbols", "units", "strings"))
    P = {
        "V": rng.normal(size=(H, K)),
        "W": 0.5 * rng.normal(size=(H, H)) / np.sqrt(H),
        "b": np.zeros(H),
        "U": rng.normal(size=(K, H)) / np.sqrt(H),
        "c": np.zeros(K),
    }
    velocity = {name: np.zeros_like(value) for name, value in P.items()}
    for k in range(cfg["updates"]):
        drawn = ids[:, rng.integers(ids.shape[1], size=B)]
        x, y = np.eye(K)[drawn[:-1]], np.eye(K)[drawn[1:]]
        hs, cache = rnn_forward(x, np.zeros((B, H)), P["V"], P["W"], P["b"])
        logits = hs @ P["U"].T + P["c"]
        p = np.exp(logits - logits.max(axis=-1, keepdims=True))
        p /= p.sum(axis=-1, keepdims=True)
        dhs, dU, dc = readout_backward((p - y) / y[..., 0].size, hs, P["U"])
        _, _, dV, dW, db = rnn_backward(dhs, cache)
        for name, g in {"V": dV, "W": dW, "b": db, "U": dU, "c": dc}.items():
            velocity[name] = 0.9 * velocity[name] + g
            P[name] = P[name] - cfg["rate"] * velocity[name]
        if watch is not None and k % 10 == 0:
            watch(k, -np.log2(np.sum(p * y, axis=-1)).mean())
    return P
    ### END SOLUTION


# %% check="train_rnn" points=3
check("train_rnn", train_rnn)

# %% [markdown]
# Before you run the next cell, guess: does the loss fall evenly from the first update on, or does something else happen first?


# %% given="strings"
def strings(q, T, n, rng):
    """Draw strings (T, n) of the source."""
    ids = rng.integers(2, size=(T, n))
    for t in range(5, T):
        ids[t] = ids[t - 1] ^ ids[t - 5] ^ (rng.random(n) < q)
    return ids


# %%
q, rng = 0.08, np.random.default_rng(0)
curve = Curve(floor=(4 - 11 * (q * np.log2(q) + (1 - q) * np.log2(1 - q))) / 15, title="Your network, bits per symbol")
cfg = {"symbols": 2, "units": 16, "strings": 32, "updates": 600, "rate": 0.3}
weights = train_rnn(strings(q, 16, 4000, rng), cfg, rng, watch=curve)
curve.draw()

# %% [markdown]
# What you should notice now: the loss first falls to that of a coin and waits there, for some thirty updates. As long as the state does not
# hold what was five steps ago, there is nothing that the readout could use. But the gradient that `rnn_backward` carries through W already points
# a little in the right direction, and once the memory begins to work, the loss drops within a few dozen updates and comes to rest around the dashed line.
# It jitters there, on both sides, because each point is the loss of only 32 strings; only the mean over many strings cannot lie below the floor.
# (The first four symbols that are asked for are coin tosses, and 1 bit each; the dashed line counts them.)
# Nobody told the network the rule. You only told it, by a derivative, how each weight changes the loss.
# What if the symbol that matters lies fifty steps back instead of five? Assignment 3 asks why this loop then stands still.
