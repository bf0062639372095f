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
# In assignment 1 you built a network that reads. Now you find out how its loss changes with its weights, and at the end your own derivatives train it.
#
# You write the backward pass of the vanilla RNN in four forms: one step, the whole sequence, the lecture notes' sum, and a recursion that runs forward in time.
# They must agree, because they are one derivative. You also write the tool that compares them, and with its help you derive two backward passes that the book does not.
#
# Gradient arrays are called `dq` for dL/dq and have the shape of q. Sizes are as in assignment 1.
# The forward functions of assignment 1 are given below, and what they put into the cache is enough;
# if you want something else in it, write the function again in your own cell.
# As in assignment 1, please use NumPy alone.

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
# ## 1. One step, backward
#
# The loss reaches you as `dh_next`, its gradient with respect to the state after the step.
#
# $$dz = (1 - h_t^2) \odot dh_t, \qquad dx = V^\top dz, \quad dh_{t-1} = W^\top dz, \quad dV = dz\, x_t^\top, \quad dW = dz\, h_{t-1}^\top, \quad db = dz$$
#
# The first formula takes the gradient through tanh, and the others hand it on to everything that the step has used.
# They are written for one sequence and in columns. The last three are sums over the batch.
#
# *Reread: "Backpropagation through time", equation rnn-step-backward.*

# %% [markdown] hints="rnn_step_backward"
# Begin with dz, in rows. Everything else is a product of dz with something that is in the cache.
# ***
# Write down the shape of each of the five results, and the shapes of the two factors that it is made from. For dV and dW: which axis of the two factors is summed away?
# ***
# In the forward pass a row met $W^\top$. Its derivative is transposed once more, so in the backward pass a row meets W itself. In a product `dz.T @ ...` the sum over the batch is done by the product.


# %% exercise="rnn_step_backward" level="build" minutes=20
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


# %% check="rnn_step_backward" points=2
check("rnn_step_backward", rnn_step, rnn_step_backward)

# %% [markdown] notice="rnn_step_backward"
# **Notice** which number decides how much of the gradient gets through: the slope $1 - h_t^2$. It is 1 for a unit at 0, and 0.0199 for a unit at 0.99.
# So the first unit hands on everything, and the second one, which is just as loud in the forward pass, is nearly deaf in the backward pass.
# What a hundred such factors in a row do is the subject of chapter 3.

# %% [markdown]
# ## 2. Backpropagation through time
#
# `dhs` is the gradient that reaches each state from the loss at its own step. As in `hs`, `dhs[0]` belongs to $h_1$; in the equation it is $dhs_1$.
# In the backward pass each state also receives what its successor sends back.
#
# $$\delta_t = dhs_t + W^\top (\varphi'(z_{t+1}) \odot \delta_{t+1}), \qquad \delta_{T+1} = 0$$
#
# Here $\delta_t$ is the whole gradient with respect to $h_t$, and $\varphi'(z_t) = 1 - h_t^2$.
# The gradients of V, W and b are sums over the batch and over all steps.
#
# *Reread: "Backpropagation through time", equations bptt-delta and bptt-weights.*

# %% [markdown] hints="rnn_backward"
# The loop runs from the last step to the first and carries one array, of shape (B, H). Which one, and what is it before the first turn of the loop?
# ***
# Write down the three turns of the loop for T = 3: what is added, what is multiplied, what is handed on. What is left in your hands after the last turn?
# ***
# At step t the weights act on `x[t]` and on the state *before* the step, which is `h0` for the first one. If you keep all dz, each weight gradient is one `einsum` over time and batch.


# %% exercise="rnn_backward" level="build" minutes=30
def rnn_backward(dhs, cache):
    """The whole sequence, backward.

    Equation: bptt-delta, bptt-weights
    dhs: (T, B, H), the gradient on each state from the loss at its step. cache: from `rnn_forward`.
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


# %% check="rnn_backward" points=2
check("rnn_backward", rnn_forward, rnn_backward)

# %% [markdown] notice="rnn_backward"
# **Notice** that you went through the sequence once. The gradient of every weight, at every one of the T places where it is used, came out of a single pass that carried only B × H numbers,
# at the cost of about two forward passes. The next two exercises compute the same dW in the obvious way, and you will see what you have been spared.

# %% [markdown]
# ## 3. The sum of the lecture notes
#
# $$\frac{dh_t}{dW} = \sum_{j=0}^{t-1} J_t J_{t-1} \cdots J_{t-j+1} \, \frac{\partial^+ h_{t-j}}{\partial W}, \qquad J_k = \mathrm{diag}(\varphi'(z_k))\, W$$
#
# In words: W acted at step t − j, and its effect was carried through j steps, each of which multiplied it by its Jacobian.
# The later Jacobian stands on the left, and for j = 0 the product is the identity.
# The direct derivative of one step is $\partial^+ h_k[i] / \partial W[p, q] = \varphi'(z_k)[i]\, h_{k-1}[q]$ if i = p, and 0 if not.
#
# *Reread: "The influence of W, written out", equation influence-sum.*

# %% [markdown] hints="influence_sum"
# The page computes the influence of V with the same Jacobians. What stands where the input stood?
# ***
# Write down the terms for t = 3. From one term to the next the product grows by one Jacobian: on which side, and which one?
# ***
# Let one loop run from step t down to step 1, with the product beside it. An `einsum` whose letters are b, i, p, q needs no Kronecker product: in the direct derivative, i and p are one letter.


# %% exercise="influence_sum" level="build" minutes=30
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


# %% check="influence_sum" points=2
check("influence_sum", rnn_forward, influence_sum)

# %% [markdown] notice="influence_sum"
# **Notice** how large the result is: H numbers for each of the H × H weights, and for each sequence. With 100 units that is a million numbers for one state of one sequence.
# And yet the formula says something that the fast one hides: each term names the step at which W acted. If a network fails to learn something that happened forty steps ago,
# the term with j = 40 is the one to look at.

# %% [markdown]
# ## 4. Forward in time
#
# If the derivative itself is carried along the sequence, no state need be stored, and the gradient is there as soon as the loss is.
#
# $$\frac{dh_t}{dW} = \frac{\partial^+ h_t}{\partial W} + J_t \frac{dh_{t-1}}{dW}, \qquad \frac{dh_0}{dW} = 0, \qquad dW = \sum_t \sum_b dhs_t\, \frac{dh_t}{dW}$$
#
# The last product also sums over the units of $h_t$. `dhs` is that of exercise 2, so the loss reaches W from every step.
#
# *Reread: "The influence of W, written out", equation rtrl.*

# %% [markdown] hints="rtrl"
# You carry two things along: the state, and its derivative with respect to W. Begin with both of them before the first step.
# ***
# Write down what happens at one step, in order: the new state, the slope, the new derivative, and what this step adds to dW. Which of these needs the old state?
# ***
# The direct derivative is that of exercise 3. The Jacobian acts on the first index of the derivative, the one that says which unit of the state is moved; the two indices of W stay as they are.


# %% exercise="rtrl" level="build" minutes=20
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

# %% [markdown] notice="rtrl"
# **Notice** that this function returns what `rnn_backward` returns as dW, and never looks back. Nothing would change if the sequence went on forever.
# The price is H⁴ multiplications in each step, where the backward pass takes 2H²: for 100 units that is a hundred million against twenty thousand.
# This is why networks are trained backward, and why a cheap way to learn forward in time is still searched for.

# %% [markdown]
# ## 5. A gradient checker
#
# So far our `check` has told you whether a gradient is right. In your own projects nobody will, so build the tool that does.
#
# `f(x)` returns an array y, and `backward(x, dout)` claims to return the gradient of sum(dout * f(x)) with respect to x.
# Compare the claim with central differences, entry by entry, and return
#
# $$\max |a - n| \,/\, \max |n|$$
#
# where a is the claimed gradient and n the numerical one (if n is zero throughout, return max|a|).
# Your checker is itself checked: it must pass right gradients and flag wrong ones.
#
# *Reread: "Checking a gradient", equation finite-difference.*

# %% [markdown] hints="gradcheck"
# Build the numerical gradient first, an array like x. It needs nothing but `f`, and `backward` is asked only once, at the end.
# ***
# Write down what one entry of the numerical gradient is, for the function sum(dout * f(x)). Everything but this entry of x is held still.
# ***
# `np.ndindex(x.shape)` goes through all entries, whatever the number of axes. Do not nudge x itself: make a copy, or a step of zeros with one entry, so that the next entry begins from the old x.


# %% exercise="gradcheck" level="build" minutes=20
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

# %% [markdown] notice="gradcheck"
# **Notice** how blunt and how strong this tool is. It knows nothing about networks, it is a thousand times too slow for training, and yet hardly any mistake in a gradient gets past it.
# When we tried it with eps = 6e-6 on the next exercise, all six right gradients came out below 1e-10, and each of the wrong answers that we know, in its worst gradient, above 0.5.
# Between the two lies a wide gap, and whatever falls into it deserves your attention. You will need this tool now, because in the next two exercises the book does not tell you the answer.

# %% [markdown]
# ## 6. A unit that leaks
#
# A vanilla unit is rewritten at every step. Here is one that moves only a part of the way towards its new value, and each unit has its own pace:
#
# $$n_t = \tanh(W h_{t-1} + V x_t + b), \qquad h_t = (1 - a) \odot h_{t-1} + a \odot n_t$$
#
# The vector a has an entry between 0 and 1 for each unit. With $a_i = 1$ unit i is a vanilla unit; with a small $a_i$ it is a slow one, which keeps most of its old value whatever W is.
# The forward pass is given. The pace is to be learned like any other parameter, so its gradient is asked for, too.
#
# Derive the backward pass of the whole sequence, on paper, and then write it. The book does not have it.
# You may check each gradient with your `gradcheck` before you run the check below. For W, for example, let `f` run the forward pass with the W that it is given, and let `backward` return your dW.
#
# *Reread: "Backpropagation through time", equation bptt-delta, and ask at each step of its derivation what changes.*


# %% given="leaky_forward"
def leaky_forward(x, h0, V, W, b, a):
    """The whole sequence, with a leak a (H,). The cache is (x, h0, hs, ns, V, W, a), with ns the n_t, (T, B, H)."""
    h, hs, ns = h0, [], []
    for x_t in x:
        n = np.tanh(x_t @ V.T + h @ W.T + b)
        h = (1 - a) * h + a * n
        hs.append(h)
        ns.append(n)
    hs, ns = np.stack(hs), np.stack(ns)
    return hs, (x, h0, hs, ns, V, W, a)


# %% [markdown] hints="leaky_backward"
# By how many routes does $h_{t-1}$ reach $h_t$? In the vanilla network it was one.
# ***
# Write down, with all indices, the derivative of $h_{t,i}$ with respect to $n_{t,i}$, to $h_{t-1,j}$ and to $a_i$, each time with the other two held still. Then let a gradient $\delta_t$ arrive at $h_t$, and send it along each of these.
# ***
# The gradient before the activation is $\delta_t$, times what $n_t$ counts for in $h_t$, times the slope of tanh. That slope belongs to what came out of tanh, which is no longer the state.
# What $h_{t-1}$ receives is a sum of two things, and a is shared by all steps and all sequences.


# %% exercise="leaky_backward" level="derive" minutes=35
def leaky_backward(dhs, cache):
    """The whole sequence of a leaky network, backward.

    Equation: bptt-delta
    dhs: (T, B, H), the gradient on each state from the loss at its step. cache: from `leaky_forward`.
    """
    ### BEGIN SOLUTION
    x, h0, hs, ns, V, W, a = cache
    previous = np.concatenate([h0[None], hs[:-1]])
    dz, da, carry = np.empty_like(hs), np.zeros_like(a), np.zeros_like(h0)
    for t in reversed(range(len(x))):
        dh = dhs[t] + carry
        da += np.sum((ns[t] - previous[t]) * dh, axis=0)
        dz[t] = (1 - ns[t] ** 2) * a * dh
        carry = (1 - a) * dh + dz[t] @ W
    dV = np.einsum("tbh,tbd->hd", dz, x)
    dW = np.einsum("tbh,tbk->hk", dz, previous)
    return dz @ V, carry, dV, dW, dz.sum(axis=(0, 1)), da
    ### END SOLUTION


# %% check="leaky_backward" points=2
check("leaky_backward", leaky_forward, leaky_backward)

# %% [markdown] notice="leaky_backward"
# **Notice** the new term in what goes from step to step: besides the route through W and tanh there is one that multiplies by 1 − a and by nothing else.
# With a = 0.05 a gradient that travels this route alone still has 0.95⁵⁰, or 8 %, of its size after fifty steps, whatever W is.
# You have just derived the idea behind gated networks. In chapter 4 and chapter 5 the network itself decides at every step how much each unit leaks.

# %% [markdown]
# ## 7. A price on haste
#
# States that jump about are hard to read. Suppose that we would like the state to move slowly, and add a penalty to the loss of a vanilla network:
#
# $$L' = L + \frac{\lambda}{2} \sum_{t=1}^{T} \lVert h_t - h_{t-1} \rVert^2$$
#
# The sum also runs over the sequences of the batch, and it begins with the move from $h_0$ to $h_1$. As before, L reaches you as `dhs`.
#
# What are the gradients of L′? The forward pass is the old one, so its cache is, too, and you may call your `rnn_backward`. Derive first what the penalty says to a single state.
# If your `rnn_backward` is not right yet, mend it before you go on.
#
# *Reread: "Backpropagation through time", the definition, equation bptt-delta. What in it depends on the loss?*

# %% [markdown] hints="slowness_backward"
# The penalty is a function of the states, like the loss. So where does it enter the recursion of exercise 2, and what of that recursion stays as it is?
# ***
# Write the sum out for T = 3, mark every term in which $h_2$ occurs, and take the derivative. Then do the same for $h_3$ and for $h_0$.
# ***
# A state in the middle is the end of one move and the beginning of another. The last state begins none. And $h_0$ has a gradient of its own now, in addition to the one that comes back through the network.


# %% exercise="slowness_backward" level="derive" minutes=25
def slowness_backward(dhs, cache, lam):
    """The gradients of the loss with a penalty on the moves of the state.

    Equation: bptt-delta
    dhs: (T, B, H), the gradient of L on each state. cache: from `rnn_forward`. lam: the weight of the penalty.
    """
    ### BEGIN SOLUTION
    x, h0, hs, V, W = cache
    moves = lam * np.diff(np.concatenate([h0[None], hs]), axis=0)
    total = dhs + moves
    total[:-1] -= moves[1:]
    dx, dh0, dV, dW, db = rnn_backward(total, cache)
    return dx, dh0 - moves[0], dV, dW, db
    ### END SOLUTION


# %% check="slowness_backward" points=2
check("slowness_backward", rnn_forward, slowness_backward)

# %% [markdown] notice="slowness_backward"
# **Notice** what did not change: backpropagation through time. A new loss on the states, however strange, only changes the gradient that each state gets from outside the recursion, and everything behind it stays as it was.
# The gradient of the penalty can be read aloud, too: each state is pulled towards the mean of its two neighbours in time.

# %% [markdown]
# ## 8. Truncated
#
# A long text cannot wait for its end. So cut time into consecutive chunks of k steps, of which the last may be short.
# The state crosses each cut as it is. The gradient does not.
# `dhs` is that of exercise 2, `dW` is the sum over all chunks, and `h_T` is the state after the last step.
#
# *Reread: "Truncation", equation truncated-bptt.*

# %% [markdown] hints="tbptt"
# Each chunk is a sequence in its own right, with an initial state that somebody hands it. You have both passes for such a sequence.
# ***
# Write down for T = 5 and k = 2 which steps belong to which chunk, where each chunk gets its initial state, and with which gradient its backward pass begins.
# ***
# A slice that runs over the end of an array is cut off there, so the short last chunk needs no special case. What is carried back must be zero again at the end of *every* chunk.


# %% exercise="tbptt" level="build" minutes=20
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

# %% [markdown] notice="tbptt"
# **Notice** that $h_T$ is the same for every k, to the last digit or two, while dW is not. The forward pass knows nothing of the cuts, and the backward pass leaves out every pair of a cause and an effect that lie on two sides of one.
# Try the gradient for k = 1, 2, 4 and T on one sequence and compare directions and lengths. Then read on in "Truncation": the direction is often better than you would expect, and the page says why.

# %% [markdown]
# ## 9. Back through the readout
#
# So far `dhs` was given to you, and it is time to see where it comes from. A network answers through its readout, $y_t = U h_t + c$,
# and the loss tells you `dys`, its gradient with respect to each $y_t$. One matrix U serves every step, so its gradient collects something from each of them.
#
# $$g_t = U^\top dy_t, \qquad dU = \sum_t dy_t\, h_t^\top, \qquad dc = \sum_t dy_t$$
#
# In words: each state receives what its own output sends back through U, and U receives the products of what went wrong with what was seen.
# dU and dc are also sums over the batch, and $g_t$ for all steps is `dhs`.
#
# *Reread: "Direct and total derivatives", equation readout-backward.*

# %% [markdown] hints="readout_backward"
# No time passes in the readout, so there is no loop and nothing to carry. Each of the three results is one expression.
# ***
# Write down the axes: dys is t b k, hs is t b h. Which letters remain in dhs, in dU and in dc, and which are summed?
# ***
# In exercise 1 a row met W in the backward pass where it had met $W^\top$ in the forward pass. It is the same with U.


# %% exercise="readout_backward" level="build" minutes=10
def readout_backward(dys, hs, U):
    """The readout y_t = U h_t + c of a whole sequence, backward.

    Equation: readout-backward
    dys: (T, B, K), the gradient on each output. hs: (T, B, H), the states. U: (K, H).
    """
    ### BEGIN SOLUTION
    return dys @ U, np.einsum("tbk,tbh->kh", dys, hs), dys.sum(axis=(0, 1))
    ### END SOLUTION


# %% check="readout_backward" points=1
check("readout_backward", readout_backward)

# %% [markdown] notice="readout_backward"
# **Notice** that dU is finished after one product, while dW needed the whole recursion. No state depends on U, so its direct derivative is already the total one.
# You now hold every derivative of a network, from the loss to the first input. The last exercise uses them.

# %% [markdown]
# ## 10. Your network learns
#
# You now have every derivative of a network, and none of them has taught anything yet. Let them.
# This exercise is built on your `rnn_backward` and `readout_backward`: if one of them is not right yet, mend it first.
#
# Here is something to learn. A source writes zeros and ones. Each new symbol is the last one if the symbol five steps back was 0,
# and the opposite of the last one if it was 1. Then a demon flips the result with probability q. (The first five symbols are coin tosses.)
# The demon cannot be foreseen, so even somebody who knows the rule pays $-q \log_2 q - (1-q) \log_2 (1-q)$ bits for each symbol. This is the **floor**.
# Somebody who does not remember five steps back pays 1 bit, as for a coin. Between the two lies what your gradient can earn.
#
# Write the loop: one-hot inputs, your `rnn_forward` from a zero state, the readout $y_t = U h_t + c$, softmax and cross-entropy against the *next* symbol,
# `readout_backward`, `rnn_backward`, and a step against the gradient; then again, with other strings. Take the mean over steps and strings as the loss.
# Momentum works with the numbers below. Plain steps of rate 1.5 do, too, if there are three times as many, and any other optimiser is welcome.
# Let the weights be random and moderate at the start: W with a standard deviation of $0.5/\sqrt{H}$ is good, zeros are not.
#
# - `ids`: (16, 4000), the strings, time first. `cfg`: {"symbols": 2, "units": 16, "strings": 32, "updates": 600, "rate": 0.3}; these numbers work with momentum 0.9. Choose others if you like.
# - Return a dict with V (H, K), W (H, H), b (H,), U (K, H) and c (K,). The check scores new strings with a forward pass of its own.
# - `watch` is None or a function: call `watch(update, bits)` now and then with the loss in bits, and you will see it fall.
# - You pass with a score at most 0.05 bits per symbol above that of the source itself. The model solution comes to 0.01 on average over 20 seeds, and the best network whose gradient stops after one step to 0.095, so the bound lies between what a right gradient reaches and what a wrong one can. 600 updates take less than a second; the check waits for 20 seconds, and so should your patience.
#
# *Reread: "Backpropagation through time", equation bptt-weights, and the section "The loss" of "Direct and total derivatives".*

# %% [markdown] hints="train_rnn"
# The section "The loss" says what the gradient with respect to the scores is: predicted probabilities minus the truth, divided by the number of symbols that are scored.
# ***
# Write down the shapes for one update: drawn strings (16, 32), inputs and targets one symbol shorter, one-hot (15, 32, 2), states (15, 32, 16), scores (15, 32, 2). Which part of the strings is the input, and which the target?
# ***
# If the loss stays near 1 bit, look at three things in this order: whether the targets are one step ahead of the inputs, whether *all five* gradients move their weights, and whether the steps are large enough.
# If it jumps about above 1 bit, the steps are too large, or the sign is wrong. And call `watch`, so that you see which of the two it is.


# %% exercise="train_rnn" level="build" minutes=40
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

# %% [markdown] notice="train_rnn"
# **Notice** what has been at work here: no library has differentiated anything. Derivatives that you worked out by hand have led a network of random numbers to a memory, and to a rule about what it holds.
# Compare this with `delay_line` of assignment 1. There you put the memory in yourself, in a chain of five units from the newest symbol to the one four steps before it, which is five steps before the one to be foretold.
# Now run the last cell and watch the loss.

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
# What you should notice now: the loss first falls to that of a coin and waits there. In ten runs of the model solution with these numbers, seeds 0 to 9, it left that level (by 0.1 bits) after 30 to 70 of the 600 updates.
# As long as the state does not hold what was five steps ago, there is nothing that the readout could use. But the gradient that `rnn_backward` carries through W already points
# a little in the right direction, and once the memory begins to work, the loss drops within a few dozen updates and comes to rest around the dashed line.
# It jitters there on both sides, because each point is the loss of only 32 strings; only the mean over many strings cannot lie below the floor.
# (The first four symbols that are asked for are coin tosses and cost 1 bit each; the dashed line counts them.)
# Nobody told the network the rule. You only told it, by a derivative, how each weight changes the loss.
# What if the symbol that matters lies fifty steps back instead of five? Assignment 3 asks why this loop then stands still.
