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
# # Assignment 1: sequences and the vanilla RNN
#
# In this notebook you build the network that the rest of the course trains, and at the end you choose its weights yourself so that it remembers.
# Write each function in the cell that says so, then run the cell below it. There `check` tries your function on many inputs and tells you the first place where something is off.
# Your work is graded by the same checks with other numbers, so a function that passes here for the right reason will pass there.
# Please use NumPy alone: torch, TensorFlow, JAX and Keras cannot be imported where your work is graded.
#
# Arrays are time-major: `x` is (T, B, D), and states are (B, H).
# T is the number of time steps, B the batch size, D the size of an input, and H the size of the state.
# V (H, D) multiplies inputs, W (H, H) multiplies states, and b (H,) is the bias.
#
# Each exercise says how long it takes about, and has hints that open one after the other. Try without them first.

# %% given="imports"
import numpy as np

from autograder import check

# %% [markdown]
# ## 1. One step
#
# $$z_t = W h_{t-1} + V x_t + b, \qquad h_t = \tanh(z_t)$$
#
# The equations are written for column vectors, while the arrays hold one row per sequence.
# You have to translate from one to the other, and this is where most first versions go wrong without any error message. For the input part the translation is $V x_t \to$ `x @ V.T`.
#
# The function also returns a cache, which holds whatever you will want to have at hand for the backward pass in assignment 2.
# Nobody looks into it here, so you may leave that decision for later and return anything.
#
# *Reread: "One step", equation rnn-step.*

# %% [markdown] hints="rnn_step"
# In the page "One step" there is a section on rows and columns. It checks one number by hand, and two candidates against it.
# ***
# Write down the shape of each array, and the shape that each product must have. Two of the possible products have the right shape; only one of them has the right numbers.
# ***
# Transposing a product reverses its factors: if $z = W h$ is a column, then its row is $z^\top = h^\top W^\top$. The bias needs no translation, since NumPy adds it to every row.


# %% exercise="rnn_step" level="build" minutes=10
def rnn_step(x, h, V, W, b):
    """One step of the vanilla RNN.

    Equation: rnn-step
    x: (B, D) input, h: (B, H) state before the step, V: (H, D), W: (H, H), b: (H,).
    """
    ### BEGIN SOLUTION
    h_next = np.tanh(x @ V.T + h @ W.T + b)
    return h_next, (x, h, h_next, V, W)
    ### END SOLUTION


# %% check="rnn_step" points=4
check("rnn_step", rnn_step)

# %% [markdown] notice="rnn_step"
# **Notice** that one line of code has served every sequence of the batch at once, and that no sequence has seen another: row n of the result depends on row n of `x` and `h` alone.
# Leave out a transpose at W, and the shapes still fit, because W is square. The check compared values, and that is why it would have told you.
# What this step cannot do yet is remember for more than one step. The next exercise feeds it its own result.

# %% [markdown]
# ## 2. A whole sequence
#
# $$h_t = \tanh(W h_{t-1} + V x_t + b), \qquad t = 1, \dots, T$$
#
# Take the same step once for each input, always with the same weights, and collect the states.
# `hs[0]` is $h_1$, the state after the first input, and `hs[T-1]` is $h_T$. The initial state $h_0$ is not part of `hs`.
#
# *Reread: "A sequence", equation rnn-forward.*

# %% [markdown] hints="rnn_forward"
# You have the step already. Ask what changes from one step to the next, and what stays as it is.
# ***
# Write down, for T = 2, which input and which state go into each of the two steps, and where each result belongs in `hs`.
# ***
# A loop over the first axis of `x` gives one input (B, D) at a time. Keep the newest state in one variable, and store each state in a place of its own: an array that is written over keeps only the last one.


# %% exercise="rnn_forward" level="build" minutes=15
def rnn_forward(x, h0, V, W, b):
    """Run the vanilla RNN over a sequence.

    Equation: rnn-forward
    x: (T, B, D), h0: (B, H), V: (H, D), W: (H, H), b: (H,).
    """
    ### BEGIN SOLUTION
    h, hs = h0, []
    for x_t in x:
        h = np.tanh(x_t @ V.T + h @ W.T + b)
        hs.append(h)
    hs = np.stack(hs)
    return hs, (x, h0, hs, V, W)
    ### END SOLUTION


# %% check="rnn_forward" points=4
check("rnn_forward", rnn_forward)

# %% [markdown] notice="rnn_forward"
# **Notice** what the number of weights does not depend on: T. Your function runs over five steps or five million with the same V, W and b.
# Among the cases that you passed were the two halves of one sequence, the second begun in the state in which the first ended. Together they gave the states of the whole,
# which is why a text can be read in pieces. Whether a gradient can also be computed in pieces is another question, and the last page of chapter 2 answers it.

# %% [markdown]
# ## 3. Sequences of different lengths
#
# A batch holds sequences of different lengths, padded at the end to the same T.
# Sequence b has `lengths[b]` real steps (at least 1), and what stands in `x` after them means nothing.
#
# $$h_t = m_t \odot \tanh(W h_{t-1} + V x_t + b) + (1 - m_t) \odot h_{t-1}$$
#
# Here $m_t$ is 1 inside a sequence and 0 in its padding, so that the state is held still once its sequence has ended.
# `h_last` holds each sequence's state after its own last real step. It may be that no sequence reaches T.
# The check reads `hs` at real steps only; what you leave in the padding is up to you.
#
# *Reread: "Padding and symbols", equation rnn-mask.*

# %% [markdown] hints="rnn_forward_masked"
# The page has a tip about what to do where the padding holds NaN. The check does not put NaN there, but the tip leads to the shorter code, too.
# ***
# Write down the mask for lengths 3, 5 and 2 and T = 5, as a table with a row for each step. The book counts steps from 1 and NumPy from 0: for which t is a step real?
# ***
# The mask of one step has shape (B,), while a state has shape (B, H). It needs one more axis before it can choose between the new state and the old one, row by row.


# %% exercise="rnn_forward_masked" level="build" minutes=20
def rnn_forward_masked(x, lengths, h0, V, W, b):
    """Run the vanilla RNN over a padded batch.

    Equation: rnn-mask
    x: (T, B, D), lengths: (B,) integers in 1..T, h0: (B, H), V: (H, D), W: (H, H), b: (H,).
    """
    ### BEGIN SOLUTION
    h, hs = h0, []
    for t, x_t in enumerate(x):
        moved = np.tanh(x_t @ V.T + h @ W.T + b)
        h = np.where((t < lengths)[:, None], moved, h)
        hs.append(h)
    return np.stack(hs), h
    ### END SOLUTION


# %% check="rnn_forward_masked" points=4
check("rnn_forward_masked", rnn_forward_masked)

# %% [markdown] notice="rnn_forward_masked"
# **Notice** that `hs[-1]` and your `h_last` are different things wherever there is padding, and that nothing but the numbers would have told you.
# A network that reads `hs[-1]` can still learn something, and its answer to one sentence then changes with the length of the longest sentence in the batch.
# Chapter 6 comes back to this slip. Until then all sequences of a batch have the same length.

# %% [markdown]
# ## 4. Symbols as vectors, and the gradient that comes back
#
# Each of K symbols has a vector, a row of the matrix E, and a text of numbers becomes a sequence of vectors: $x_t = E^\top e_{id_t}$, with $e_k$ the k-th one-hot vector.
# Multiplying by a one-hot vector picks a row, so the forward direction needs no product, and it is given below.
#
# The other direction is yours. The loss reaches you as `dout`, its gradient with respect to `x`. What is its gradient with respect to E?
# A symbol may occur many times, and the loss feels each occurrence. The row of a symbol that does not occur is zero.
#
# *Reread: "Padding and symbols", equation embedding-backward.*


# %% given="embed"
def embed(ids, E):
    """Look up the vector of each symbol: ids (T, B), E (K, D), result (T, B, D)."""
    return E[ids]


# %% [markdown] hints="embed_backward"
# The page does the smallest example with a repeated symbol on paper. Do it too, before you write code.
# ***
# Write the sum for one entry of dE: which places (t, b) contribute to row k, and with what?
# ***
# `dE[ids] += dout` reads all rows, adds, and writes back, so a row that is written twice keeps one contribution. You need an addition that is carried out once for each place:
# a loop, a product with one-hot vectors, or the method `at` that each of NumPy's ufuncs has.


# %% exercise="embed_backward" level="build" minutes=15
def embed_backward(dout, ids, vocab):
    """The gradient of the embedding matrix.

    Equation: embedding-backward
    dout: (T, B, D), the gradient on x, ids: (T, B) integers in 0..vocab-1, vocab: the number K of symbols.
    """
    ### BEGIN SOLUTION
    dE = np.zeros((vocab, dout.shape[-1]), dout.dtype)
    np.add.at(dE, ids, dout)
    return dE
    ### END SOLUTION


# %% check="embed_backward" points=3
check("embed_backward", embed_backward)

# %% [markdown] notice="embed_backward"
# **Notice** that you have just derived a rule that the whole course rests on. E was used at many places, and its gradient is the *sum* of the gradients from each of them.
# The matrix W of your network is used at every time step. In chapter 2 its gradient will be a sum over steps, for exactly the same reason,
# and the only new difficulty is that those uses follow one another.

# %% [markdown]
# ## 5. A network that remembers, without training
#
# Nobody has trained anything yet, so let us ask what this network can do at all. Can it remember?
#
# At each step two numbers come in (D = 2). The first is a signal $s_t$, at least `least` in size and with either sign. The second is noise, which must not matter.
# Choose a number of units H, and weights V, W, b and u, such that the readout $y_t = u \cdot h_t$ says the **sign of the signal of k steps back**:
# 1 if $s_{t-k}$ was positive and −1 if it was negative, whatever came before it and after it. The network starts from a state of zeros.
#
# The page has not derived this. What you need stands in the equation, though: $h_t = \tanh(W h_{t-1} + V x_t + b)$ says what each unit receives, and from whom.
#
# - `k`: 1, 2, 3, …; with k = 1 the network says the sign of the signal that came one step before the one it has just read. `least`: a positive number, perhaps small.
# - The check runs your network on signals in which some numbers are as small as `least` and some are 3. You pass if $y_t$ is within 0.1 of the sign at every step after the first k.
# - You may use up to 500 units, though far fewer will do. There are many right answers.
#
# *Reread: "A sequence", equation rnn-forward, and what the page finds about scales below and above 1.*

# %% [markdown] hints="delay_line"
# Think of a row of people who pass notes along. At each step everybody hands on what they hold, and the first one takes the newest note. How many people does it take, and which of them holds the note of k steps back?
# ***
# Write down $h_{t,i}$ for a unit i that receives from unit i − 1 and from nobody else. Which entries of W, V and b does that leave, and what are the others?
# ***
# A note that is handed on with a weight of 1 passes through tanh and comes out smaller, step after step. Look at the map $s \mapsto \tanh(g s)$ for a weight g above 1: where does it leave a number s as it is,
# and what does it do with a number that is a little smaller than that? The same question about $\tanh(g\,s_t)$ tells you how to treat a small signal.


# %% exercise="delay_line" level="derive" minutes=30
def delay_line(k, least):
    """Weights of a vanilla RNN whose readout is the sign of the signal of k steps back.

    Equation: rnn-forward
    k: how many steps back, 1 or more. least: the smallest size of the signal, above 0.
    """
    ### BEGIN SOLUTION
    gain = 3.0
    V, W = np.zeros((k + 1, 2)), gain * np.eye(k + 1, k=-1)
    b, u = np.zeros(k + 1), np.zeros(k + 1)
    V[0, 0], u[k] = gain / least, 1
    return V, W, b, u
    ### END SOLUTION


# %% check="delay_line" points=5
check("delay_line", delay_line)

# %% [markdown] notice="delay_line"
# **Notice** that the memory does not fade: whether k is 3 or 30, the readout has the same size. A weight g above 1 between the units does this without help, because it makes every unit settle at a point that $s \mapsto \tanh(g s)$ leaves as it is.
# The price is that only the sign survives. How large the signal was is lost at the first unit, and with k + 1 units that hold one sign each, nothing older than k steps can be known.
# You found these weights by thinking. At the end of assignment 2 a network will need such a memory for a rule that nobody tells it, and it will find the weights by following a gradient.

# %% [markdown]
# Before you run the last cell, guess: how does the second line of output follow from the first?

# %%
rng = np.random.default_rng(0)
x = np.stack([0.3 * rng.choice([-1.0, 1.0], size=(16, 1)), rng.normal(size=(16, 1))], axis=-1)
V, W, b, u = delay_line(4, 0.1)
hs, _ = rnn_forward(x, np.zeros((1, len(b))), V, W, b)
for name, numbers in (("signal", x[..., 0]), ("4 back", hs @ u)):
    print(f"{name:8}", "".join(".+-"[int(np.sign(x))] for x in numbers.ravel()))
