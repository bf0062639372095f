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

# %% [markdown] limits={"forbidden": ["tensorflow", "jax", "keras", "aten::rnn_tanh", "aten::rnn_relu", "aten::lstm", "aten::gru", "aten::rnn_tanh_cell", "aten::rnn_relu_cell", "aten::lstm_cell", "aten::gru_cell", "aten::scaled_dot_product_attention"]}
# # Assignment 11: torch, and after RNNs
#
# You have written everything that a recurrent network needs, by hand. In this notebook you hand it over to a library, and then leave the loop behind:
# three exercises build the bridge to torch and to attention, and three ask what becomes of a recurrence once its tanh is gone.
#
# You may use torch, but not its recurrent layers and cells, nor its attention, because what they compute is what you are asked to write:
# where your work is graded, whatever `torch.nn.RNN`, `LSTM`, `GRU`, their cells and `scaled_dot_product_attention` call raises an error.
# TensorFlow, JAX and Keras cannot be imported there.
#
# Arrays are time-major, as always: T is the number of time steps, B the size of the batch, D that of an input, H that of a state.

# %% given="imports"
import numpy as np
import torch

from autograder import check

# %% [markdown]
# ## 1. The vanilla RNN as a torch module
#
# $$h_t = \tanh(W h_{t-1} + V x_t + b)$$
#
# Write your first network once more, as a class that torch can train. `RNNModule(D, H)` has three parameters, named `V` (H, D), `W` (H, H) and `b` (H,).
# Its method `forward` takes `x` (T, B, D) and `h0` (B, H), and returns `hs` (T, B, H), the states after each input, together with `h_T` (B, H), the last of them.
# You write no backward pass this time: the gradients of `V`, `W`, `b`, `x` and `h0` must all come out of torch's `backward`.
# What makes an attribute a parameter? And where could a gradient be cut off without any error?
#
# The check loads its own numbers into your parameters, so it does not matter how you draw the first ones.
# An error that speaks of keys in `state_dict` means that torch does not know your parameters by these names.
# The right states are worth 40 % of the points, the right gradients the rest.
#
# *Reread: "One step", equation rnn-step.*


# %% [markdown] hints="rnn_module"
# Which attributes does a module put into its `state_dict`? Print `list(torch.nn.Linear(2, 3).parameters())`, and look at what kind of object they are.
# ***
# The loop is the one of assignment 1. Collect the states in a list, and make one tensor of them at the end by a function of torch that keeps the record for the backward pass.
# ***
# If a state is right and a gradient is missing, something between the parameter and the output is no operation of torch on tensors: a NumPy array, `.data`, `.detach()`, `torch.tensor(...)` of a tensor, or writing into an array that was made before.


# %% exercise="rnn_module" level="build" minutes=30
class RNNModule(torch.nn.Module):
    """The vanilla RNN as a torch module, with the parameters V (H, D), W (H, H) and b (H,).

    Equation: rnn-step
    Its forward takes x (T, B, D) and h0 (B, H), and returns (hs, h_T): all states h_1..h_T, (T, B, H), and the last
    of them, (B, H).
    """

    def __init__(self, D, H):
        super().__init__()
        ### BEGIN SOLUTION
        self.V = torch.nn.Parameter(torch.randn(H, D) / 10)
        self.W = torch.nn.Parameter(torch.randn(H, H) / 10)
        self.b = torch.nn.Parameter(torch.zeros(H))

    def forward(self, x, h0):
        h, hs = h0, []
        for x_t in x:
            h = torch.tanh(x_t @ self.V.T + h @ self.W.T + self.b)
            hs.append(h)
        return torch.stack(hs), h
        ### END SOLUTION


# %% check="rnn_module" points=5
check("rnn_module", RNNModule)

# %% [markdown] notice="rnn_module"
# You wrote no backward pass, and all five gradients are right to the last digits: autograd has done for your loop what you did by hand in assignment 2, step by step, and it kept every state for it.
# It also called Python once for each step, and so did its backward pass. The page on speed shows what that costs.

# %% [markdown]
# ## 2. Your LSTM's weights, for torch
#
# You have trained an LSTM of your own, and somebody wants to run it in torch. `P` holds its weights gate by gate: `P["V_i"]` (H, D), `P["W_i"]` (H, H), `P["b_i"]` (H,),
# and the same for the gates f, g and o. Return a plain dict that `torch.nn.LSTM(D, H)` can load, and with which it computes the same states:
#
# | key | shape | holds |
# |---|---|---|
# | `weight_ih_l0` | (4H, D) | the four V, one under the other |
# | `weight_hh_l0` | (4H, H) | the four W |
# | `bias_ih_l0` | (4H,) | a bias |
# | `bias_hh_l0` | (4H,) | another bias |
#
# Torch's order of gates is i, f, g, o, while the order of the names in `P` means nothing.
# Torch adds its two biases where your LSTM has one, so the check looks at their sum.
# The values may be NumPy arrays or tensors.
#
# *Reread: "The LSTM cell", equation lstm-gates.*


# %% [markdown] hints="to_torch"
# Compare the shapes in the two tables. What has four times as many rows, and in which order do the four blocks stand?
# ***
# Write the order of the gates down once, as a string, and build all three stacks from it. Do not trust the order of the keys in `P`.
# ***
# Torch adds two biases before each gate. Your one bias must come out as their sum: there are many ways to share it out, and the simplest one needs an array of zeros.


# %% exercise="to_torch" level="build" minutes=20
def to_torch(P):
    """The weights of an LSTM as the state dict of torch.nn.LSTM.

    Equation: lstm-gates
    P: dict of NumPy arrays "V_q" (H, D), "W_q" (H, H), "b_q" (H,) for each gate q of i, f, g, o.
    """
    ### BEGIN SOLUTION
    V = np.concatenate([P["V_" + gate] for gate in "ifgo"])
    W = np.concatenate([P["W_" + gate] for gate in "ifgo"])
    b = np.concatenate([P["b_" + gate] for gate in "ifgo"])
    return {"weight_ih_l0": V, "weight_hh_l0": W, "bias_ih_l0": b, "bias_hh_l0": np.zeros_like(b)}
    ### END SOLUTION


# %% check="to_torch" points=3
check("to_torch", to_torch)

# %% [markdown] notice="to_torch"
# Now go the other way in your head: a layer that torch has trained uses *both* biases, and your LSTM gets their sum. So the journey there and back keeps your weights, to the bit, but the journey back and there does not keep torch's.
# It computes the same states, and it is another point in the space of parameters. Two biases that only ever appear as a sum are one parameter, counted twice.

# %% [markdown]
# ## 3. Additive attention
#
# A decoder asks with `q` (B, H), one query for each sequence. The encoder has left T keys `K` (T, B, D) and T values `Vv` (T, B, M).
# `P` holds `P["W_q"]` (A, H), `P["W_k"]` (A, D) and `P["v"]` (A,), which take queries and keys into one space of size A:
#
# $$e_t = v^\top \tanh(W_q q + W_k k_t), \qquad w_t = \frac{\exp e_t}{\sum_s \exp e_s}, \qquad ctx = \sum_t w_t v_t$$
#
# Here $v_t$, with an index, is a value, and the sums run over the keys whose `mask` (T, B) is true.
# Return the context `ctx` (B, M) and the weights `w` (T, B).
#
# Three things can go wrong that the formula does not show. The weights of a sequence must add up to 1 over its valid keys and be exactly 0 on the others, whatever finite numbers stand there.
# A sequence without a valid key gets weights and a context of zeros, and not NaN.
# And scores may be in the thousands, where `np.exp` alone would overflow: what may be subtracted from them first, and over which keys must it be taken?
#
# *Reread: "Attention", equations attention-additive and attention-context; there the queries and keys have been through their matrices already.*


# %% [markdown] hints="additive_attention"
# Compute all scores at once: the queries have no time axis and the keys have one, and broadcasting does the rest.
# ***
# Set the scores of invalid keys to $-\infty$ before anything is subtracted. What is then the largest score of a sequence without a valid key, and what would subtracting it give?
# ***
# Subtract the largest *valid* score, or 0 where there is none. All weights of such a sequence are then 0, and their sum, by which you divide, must be made into something else than 0.


# %% exercise="additive_attention" level="build" minutes=30
def additive_attention(q, K, Vv, mask, P):
    """The context of one query for each sequence, by additive attention, and the weights.

    Equation: attention-additive, attention-context
    q: (B, H), K: (T, B, D), Vv: (T, B, M), mask: (T, B) booleans, true where a key is valid.
    P: dict of "W_q" (A, H), "W_k" (A, D), "v" (A,). All are NumPy arrays.
    """
    ### BEGIN SOLUTION
    e = np.tanh(q @ P["W_q"].T + K @ P["W_k"].T) @ P["v"]
    e = np.where(mask, e, -np.inf)
    largest = np.where(mask.any(axis=0), e.max(axis=0), 0)
    w = np.exp(e - largest)
    w = w / np.maximum(w.sum(axis=0), 1)
    return np.einsum("tb,tbm->bm", w, Vv), w
    ### END SOLUTION


# %% check="additive_attention" points=3
check("additive_attention", additive_attention)

# %% [markdown] notice="additive_attention"
# The largest weight does not change when a thousand is added to all scores, because only differences count. That is also why a shift of the scores, a bias after $v^\top$, would be a parameter that learns nothing.
# The empty sequence is no pedantry: in a batch of conversations, somebody's first turn has nothing to look back at, and one NaN in its context makes NaN of every weight of the network at the next update.

# %% [markdown]
# ## 4. A recurrence in a few rounds
#
# $$h_t = a_t \odot h_{t-1} + b_t, \qquad t = 1, \dots, T$$
#
# You could write a loop with your eyes closed, and it would wait T times. This time **the rounds are counted**.
# The only way to join two steps is a function that you are given:
#
# ```python
# a, b = combine(a_later, b_later, a_earlier, b_earlier)
# ```
#
# It takes four arrays of n steps each, (n, B, H), and joins each step of the first two with the one in the same place of the last two:
# n joints, but one call, because they need not wait for each other. All that the function promises is that it is associative. You may call it
# $2 \lceil \log_2 (T + 1) \rceil + 2$ times, and the check counts. Slices and `np.concatenate` cost nothing.
#
# There is more than one recurrence of this kind, and your scan should not care which one it computes. In some of the cases `combine` joins steps
# $h_t = \max(a_t + h_{t-1},\, b_t)$, which find the most rewarding path through a game: go on and collect $a_t$, or start anew with $b_t$. So do not compute with `a`, `b` and `h0` yourself: no `*`, no `+`, only `combine`.
# But then what is to be done with `h0`? A step after which the state is `h0`, whatever it was before, has `h0` as its b.
# Its a does not matter if no step comes before it, and you need not look at the a that comes out of it.
#
# *Reread: "Linear recurrences", the section "In rounds".*


# %% [markdown] hints="scan_linear"
# Read "In rounds" again, and do the letters of the page by hand for six steps: after each round, which steps does the place t hold?
# ***
# In one round with distance k every place from k on is joined with the one k before it. Which slices of an array are "all from k on" and "the same ones, k earlier"? The first k places stay.
# ***
# Make `h0` the b of one more step in front of all others. Then no state needs any arithmetic of your own: the b of each prefix is the state itself.


# %% exercise="scan_linear" level="build" minutes=40
def scan_linear(a, b, h0, combine):
    """All states of a recurrence whose steps `combine` joins, in at most 2 ceil(log2(T + 1)) + 2 calls of it.

    Equation: linear-recurrence
    a: (T, B, H), b: (T, B, H), h0: (B, H), NumPy arrays. combine: see above.
    """
    ### BEGIN SOLUTION
    A, B = np.concatenate([a[:1], a]), np.concatenate([h0[None], b])
    k = 1
    while k < len(A):
        longer = combine(A[k:], B[k:], A[:-k], B[:-k])
        A, B = np.concatenate([A[:k], longer[0]]), np.concatenate([B[:k], longer[1]])
        k = 2 * k
    return B[1:]
    ### END SOLUTION


# %% check="scan_linear" points=3
check("scan_linear", scan_linear)

# %% [markdown] notice="scan_linear"
# Your function has computed longest paths without knowing it: for steps $\max(a + h, b)$ it makes as few rounds as for sums. You could hand it products of matrices, or the forward recursion of a hidden Markov model with its transition matrices, and it would scan these.
# It combined about $T \log_2 T$ pairs where a loop has T. On one core that is a loss, and on a GPU with one long sequence a gain.

# %% [markdown]
# ## 5. Its backward pass, in as few rounds
#
# The forward pass took ten rounds for a thousand steps. It would be a poor exchange if the backward pass took a thousand.
#
# Given are the recurrence $h_t = a_t \odot h_{t-1} + b_t$ with all its states, and `dhs`: as in assignment 2, the gradient on each state from the loss at its own step.
# Derive the gradients on all $a_t$, all $b_t$ and $h_0$, and find out why a scan can compute them. Then compute them by one.
# Here `combine` is the one of the linear recurrence, and the same number of calls is allowed, at least one of them for more than one step.
# With everything that has no need to wait, you may compute as you like. Some factors are 0, and products of all of them may be.
#
# This exercise is built on your `scan_linear`, which you may call: if it is not right yet, mend it first.
#
# *Reread: "Linear recurrences", the section "The backward pass", and "Backpropagation through time", equation bptt-delta.*


# %% [markdown] hints="scan_backward"
# Which states does $h_t$ act on directly? Only one. So the gradient on it has two parts, exactly as in assignment 2, and one of them comes from the step after it.
# ***
# Write the recursion for the gradients, from t = T down to 1. It has the form of the forward recurrence in reversed time: say what plays the part of a, what that of b, and what the start is. Mind whose factor it is: that of the same step, or of the next?
# ***
# At the last step there is no next factor, and whatever you write there multiplies zero. Once the gradients on all $b_t$ are known, those on all $a_t$ are products of two arrays that need not wait for anything.


# %% exercise="scan_backward" level="derive" minutes=45
def scan_backward(dhs, a, hs, h0, combine):
    """The linear recurrence, backward, in at most 2 ceil(log2(T + 1)) + 2 calls of combine.

    Equation: linear-recurrence
    dhs, a, hs: (T, B, H), the gradient on each state from its own loss, the factors, and the states; h0: (B, H).
    combine: as for scan_linear.
    """
    ### BEGIN SOLUTION
    next_factors = np.concatenate([np.zeros_like(a[:1]), a[:0:-1]])
    db = scan_linear(next_factors, dhs[::-1], np.zeros_like(h0), combine)[::-1]
    return db * np.concatenate([h0[None], hs[:-1]]), db, a[0] * db[0]
    ### END SOLUTION


# %% check="scan_backward" points=3
check("scan_backward", scan_backward)

# %% [markdown] notice="scan_backward"
# Forward and backward pass took the same number of rounds, and neither of them knows how long the sequence is by more than its logarithm. No network with a tanh in its recurrence can do this.
# Your gradient never multiplied more than it had to: a factor of zero cuts off the past, and the scan passes it without a division. Matrices would do as well, with $a_t^\top$ in the place of $a_t$.

# %% [markdown]
# ## 6. The minimal LSTM, backward
#
# The page makes a GRU linear. Do the same with an LSTM: its gates see the input alone, and its candidate loses the tanh.
# One thing remains to be repaired. Nothing keeps the forget gate and the input gate from being large together, and then the state grows with T.
# So the two are divided by their sum, and decide on *shares*:
#
# $$f_t = \sigma(V_f x_t + b_f), \qquad i_t = \sigma(V_i x_t + b_i), \qquad n_t = V_n x_t + b_n, \qquad h_t = \frac{f_t}{f_t + i_t} \odot h_{t-1} + \frac{i_t}{f_t + i_t} \odot n_t$$
#
# `P` holds `P["V_q"]` (H, D) and `P["b_q"]` (H,) for q = f, i, n. The forward pass is given below, with a loop; so may yours be backward.
# Derive the gradients on all inputs, on `h0` and on the six weights, from `dhs`, the gradient on each state from its own loss.
# Entries may be in the thousands. The cache holds what it was given and what it computed; a logarithm of each gate is among it. You may find a use for it.
#
# *Reread: "Linear recurrences", equation min-lstm.*


# %% given="min_lstm"
def min_lstm(x, h0, P):
    """All states of the minimal LSTM, and a cache.

    Equation: min-lstm
    x: (T, B, D), h0: (B, H). P: dict of "V_f", "V_i", "V_n" (H, D) and "b_f", "b_i", "b_n" (H,).
    """
    log_f, log_i = (-np.logaddexp(0, -(x @ P["V_" + q].T + P["b_" + q])) for q in "fi")
    n = x @ P["V_n"].T + P["b_n"]
    keep = 0.5 * (1 + np.tanh(0.5 * (log_f - log_i)))  # f / (f + i), without a quotient of two tiny numbers
    h, hs = h0, []
    for a, new in zip(keep, (1 - keep) * n):
        h = a * h + new
        hs.append(h)
    return np.stack(hs), (x, h0, P, log_f, log_i, n, keep, np.stack(hs))


# %% [markdown] hints="min_lstm_backward"
# Do not differentiate the quotient first. Give the share a name, $a_t = f_t / (f_t + i_t)$, so that $h_t = a_t \odot h_{t-1} + (1 - a_t) \odot n_t$, and find the gradients on $a_t$ and $n_t$.
# ***
# Divide numerator and denominator of the share by $f_t$: it depends on $i_t / f_t$ alone. So it is a logistic function of a difference of two logarithms, and you know the derivative of that.
# ***
# What is left is the derivative of $\log \sigma(z)$ by z. It is simpler than that of σ, and nothing in it can underflow.


# %% exercise="min_lstm_backward" level="derive" minutes=45
def min_lstm_backward(dhs, cache):
    """The minimal LSTM, backward.

    Equation: min-lstm
    dhs: (T, B, H), the gradient on each state from its own loss. cache: from `min_lstm`.
    """
    ### BEGIN SOLUTION
    x, h0, P, log_f, log_i, n, keep, hs = cache
    before, dh, carry = np.concatenate([h0[None], hs[:-1]]), np.empty_like(hs), np.zeros_like(h0)
    for t in reversed(range(len(x))):
        dh[t] = dhs[t] + carry
        carry = keep[t] * dh[t]
    dlog = dh * (before - n) * keep * (1 - keep)
    dz = {"f": dlog * (1 - np.exp(log_f)), "i": -dlog * (1 - np.exp(log_i)), "n": dh * (1 - keep)}
    dP = {"V_" + q: np.einsum("tbh,tbd->hd", d, x) for q, d in dz.items()}
    dP |= {"b_" + q: d.sum(axis=(0, 1)) for q, d in dz.items()}
    return sum(d @ P["V_" + q] for q, d in dz.items()), carry, dP
    ### END SOLUTION


# %% check="min_lstm_backward" points=3
check("min_lstm_backward", min_lstm, min_lstm_backward)

# %% [markdown] notice="min_lstm_backward"
# The gradients on the two logarithms are opposite to each other: only the quotient of the gates counts, and if both gates become ten per cent larger, nothing happens.
# You have derived the minimal GRU's backward pass on the way, since your $a_t$ is its $z_t$. What the LSTM has more is the factors $1 - f_t$ and $1 - i_t$, which fade when a gate is wide open: a second place where learning can stall.
