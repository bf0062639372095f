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
# # Assignment 7: language models
#
# A language model gives every string a probability. You build what it takes: the batches that it reads, the score and its gradient, the strings that are drawn from it,
# and the best score that any model can have on a known source. In the end you train a model by a gradient that you have composed yourself, and compare it with that best score.
#
# Symbols are integers 0 ... K-1. Arrays are time-major: T steps, B sequences side by side, K symbols, H units.
# Log-probabilities are natural logarithms, in nats; only an entropy rate is asked for in bits.
# Gradient arrays are called `dq` for dL/dq and have the shape of q. Use NumPy alone.

# %% given="imports"
import numpy as np

from autograder import Curve, bring, check

# %% [markdown]
# ## 1. One long text as batches
#
# `ids` is one long text of N symbols. A model reads B parts of it side by side, T steps at a time.
# Return a **list** of pairs `(inputs, targets)` with these properties:
#
# - `inputs` and `targets` have one shape, (t, B), and hold symbols of the text. In each place, the target is the symbol that follows the input in the text.
# - t is T in every pair but the last, where it may be smaller, from 1 to T.
# - A column of a pair goes on in the same column of the next pair, so that the model's state can be carried over: the first input of a column is the last target of that column one pair before.
# - Every symbol of the text but the first is a target exactly once; only at the very end of the text, fewer than B symbols may be left out.
#
# So each column reads one contiguous part of the text, and all parts are equally long. Which column reads which part is up to you.
# N is at least B + 1. The list may hold views of `ids`, and `ids` itself must stay as it is.
#
# *Reread: "Training a language model", equation lm-batches.*

# %% [markdown] hints="lm_batches"
# How many inputs can a column have at most? The last symbol of the text has no symbol after it, and all columns are equally long.
# ***
# Write the inputs of all columns as one array first, a row for each column, and then turn it around. The targets are made in the same way from the same text, one symbol later.
# ***
# Only now cut along time: a slice of T steps, beginning at every T-th step. What does a slice give that runs over the end?


# %% exercise="lm_batches" level="build" minutes=20
def lm_batches(ids, T, B):
    """One text as B parallel streams, cut into pieces of T steps.

    Equation: lm-batches
    ids: (N,) integers, N > B. T: steps of a piece, B: streams.
    """
    ### BEGIN SOLUTION
    width = (len(ids) - 1) // B
    inputs = ids[: B * width].reshape(B, width).T
    targets = ids[1 : B * width + 1].reshape(B, width).T
    return [(inputs[t : t + T], targets[t : t + T]) for t in range(0, width, T)]
    ### END SOLUTION


# %% check="lm_batches" points=2
check("lm_batches", lm_batches)

# %% [markdown] notice="lm_batches"
# Both arrays are views: nothing was copied, however long the text. And because every column goes on where it stopped, a model need not begin each piece with an empty memory:
# in exercise 8 the state of the piece before tells it whether the run of ones at the border was even so far, which nothing inside the new piece can.

# %% [markdown]
# ## 2. The score of a batch
#
# The probability of a string is the product of the probabilities of its symbols, each given those before it.
# So its negative logarithm is a sum over tokens:
#
# $$-\log P(x) = -\sum_{t} \log P(x_t \mid x_{<t}), \qquad -\log P(x_t = k \mid x_{<t}) = \log \sum_j e^{y_{t,j}} - y_{t,k}$$
#
# `logits[t, b]` holds the K numbers $y_{t,j}$ of sequence b, and `targets[t, b]` is the symbol that came.
# `mask[t, b]` is true where there is a token, EOS included, and false at padding, where target and logits mean nothing.
#
# Return the sum over all tokens, a number in nats, and the count of tokens, an integer. Nothing is divided here. Sums and counts of all batches are added up first,
# and only then is a mean taken, or the perplexity $\exp(\text{sum} / \text{count})$.
# The sum must be right for large logits, too: logits + 1000 are the same distribution. Without any token the sum is 0 and the count 0.
#
# *Reread: "The probability of a string", equations lm-chain-rule, token-nll and math-perplexity.*

# %% [markdown] hints="token_nll"
# Which number may you subtract from all K logits of a token without changing the distribution, so that no exponential can overflow?
# ***
# Compute the logarithms of all K probabilities first, as an array of the shape of `logits`. Then pick one of the K for each place: `np.take_along_axis` does that.
# ***
# The mask comes last. Picking the entries where it is true is safer than multiplying by it.


# %% exercise="token_nll" level="build" minutes=15
def token_nll(logits, targets, mask):
    """The negative log-probability of all tokens of a batch, and how many there are.

    Equation: token-nll, lm-chain-rule
    logits: (T, B, K), targets: (T, B) integers in 0..K-1, mask: (T, B) booleans.
    """
    ### BEGIN SOLUTION
    shifted = logits - logits.max(axis=-1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    chosen = np.take_along_axis(logp, targets[:, :, None], axis=-1)[:, :, 0]
    return -chosen[mask].sum(), int(mask.sum())
    ### END SOLUTION


# %% check="token_nll" points=2
check("token_nll", token_nll)

# %% [markdown] notice="token_nll"
# A model that knows nothing pays $\ln K$ for each token. Try your function on logits of zero, and divide the sum by the count and by $\ln 2$: with K = 2 it is exactly 1 bit.
# That number is the ceiling of the curve that you will watch in exercise 8, and exercises 5 and 6 compute its floor.

# %% [markdown]
# ## 3. A softer target and a temperature that learns
#
# Two changes to the loss are often made in practice. **Label smoothing** asks the model not to be certain: the target is no longer one-hot, but a share $\varepsilon$ of it is spread evenly over all K symbols,
#
# $$q_k = (1 - \varepsilon)\,[k = \text{target}] + \frac{\varepsilon}{K}.$$
#
# And a **temperature** $\tau > 0$ divides the logits before the softmax, as in sampling, but here it is a parameter that is trained with the others. With the N tokens of the batch,
#
# $$L = -\frac1N \sum_{\text{tokens}} \sum_k q_k \log p_k, \qquad p = \operatorname{softmax}(y / \tau).$$
#
# Derive the gradients of L on the logits $y$ and on the number $\tau$; no page has them. Then build them.
# `mask` says where there is a token, and there is at least one; where it is false the gradient is zero, and what stands in the logits there has no effect on $d\tau$.
# For $\varepsilon = 0$ and $\tau = 1$ you should find the gradient that you know.
#
# *Reread: "The probability of a string", equation token-nll, and "Drawing strings", equation temperature.*

# %% [markdown] hints="smoothed_nll_backward"
# Call $u = y / \tau$ and take one token. What is the gradient of $-\sum_k q_k \log p_k$ on u? You know it for a one-hot q; where did that derivation use that q is one-hot, and where only that q adds up to one?
# ***
# Write $-\sum_k q_k \log p_k = \log \sum_j e^{u_j} - \sum_k q_k u_k$ and differentiate both terms. Then go from u to y, and from u to $\tau$: what is $\partial u_k / \partial \tau$?
# ***
# The temperature is one number that all tokens and all symbols share, so its gradient is a sum over all of them, of the gradient on u times $-y / \tau^2$. The mean over tokens divides once.


# %% exercise="smoothed_nll_backward" level="derive" minutes=35
def smoothed_nll_backward(logits, targets, mask, eps, tau):
    """The gradients of the mean loss with smoothed targets, on the logits and on the temperature.

    Equation: token-nll, temperature
    logits: (T, B, K), targets: (T, B) integers in 0..K-1, mask: (T, B) booleans, eps: from 0 to 1, tau: above 0.
    """
    ### BEGIN SOLUTION
    K = logits.shape[-1]
    p = np.exp((logits - logits.max(axis=-1, keepdims=True)) / tau)
    p = p / p.sum(axis=-1, keepdims=True)
    q = (1 - eps) * np.eye(K)[targets] + eps / K
    du = mask[:, :, None] * (p - q) / mask.sum()
    return du / tau, -np.sum(du * logits) / tau**2
    ### END SOLUTION


# %% check="smoothed_nll_backward" points=2
check("smoothed_nll_backward", smoothed_nll_backward)

# %% [markdown] notice="smoothed_nll_backward"
# Look at the gradient on $\tau$: it vanishes when $\sum_k p_k y_k$ equals $\sum_k q_k y_k$ on average, that is, when the logit that the model expects is the logit that comes. An overconfident model has a $d\tau$ below zero, and gradient descent heats it up.
# On a held-out set this one number is often all that it takes to make the probabilities of a trained classifier honest. With smoothing the lowest loss is no longer zero but the entropy of q; do not compare such a loss with a floor.

# %% [markdown]
# ## 4. Drawing a string
#
# `step` is one step of a trained model: `logits, h_next = step(symbol, h)`. It reads one symbol in state h, and its K logits are for the symbol that comes next.
# You need not know what h is: hand it on as it came. `bos` and `eos` need not be among the K symbols. `prefix` may be empty.
#
# - Begin in the state `h0`. Read `bos`, then the symbols of `prefix`, in order. Nothing is drawn before all of these have been read.
# - Then draw a symbol from the last logits, read it, draw the next one, and so on.
# - The symbol drawn is an independent draw, by `rng`, from
#
# $$P_\tau(k) = \frac{e^{y_k / \tau}}{\sum_j e^{y_j / \tau}}$$
#
# - With temperature τ = 0 it is the most probable symbol. Small temperatures and large logits must not overflow.
# - With a number `top_k`, only the symbols whose logit is at least as large as the `top_k`-th largest one may be drawn, with probabilities in the same proportions as before.
#   So if there is a tie at the edge, all that tie are kept. With `top_k=None`, and with a `top_k` of K or more, all symbols are kept.
# - Stop when `eos` has been drawn, or when `T` symbols have been drawn.
#
# Return the symbols that were drawn, in order, as a list or an array of integers: `eos` belongs to them if it was drawn, `bos` and `prefix` do not.
# All randomness must come from `rng`, which is a `numpy.random.Generator`. How you use it is up to you.
#
# *Reread: "Drawing strings", equation temperature.*

# %% [markdown] hints="sample"
# Separate the two phases. In the first nothing is drawn: the model reads `bos` and the prefix. What do you hold in your hands when it is over?
# ***
# Then one round of the loop is: a symbol from the last logits; put it on the list; stop if it is the end; else let the model read it. What does the model read for the last symbol of the list?
# ***
# Subtract the largest logit before you divide by a small temperature. For `top_k` find the value of the k-th largest logit, and give probability 0 to whatever is below it. `rng.choice` takes probabilities.


# %% exercise="sample" level="build" minutes=25
def sample(step, h0, bos, eos, rng, T, temperature, top_k, prefix=()):
    """Draw a string from a model.

    Equation: temperature
    step: (symbol, h) -> (logits (K,), h_next). h0: the first state. bos, eos: integers. rng: a Generator.
    T: the most symbols to draw, at least 1. temperature: at least 0. top_k: None, or at least 1. prefix: (n,) integers.
    """
    ### BEGIN SOLUTION
    logits, h = step(bos, h0)
    for symbol in prefix:
        logits, h = step(symbol, h)
    drawn = []
    while True:
        if temperature == 0:
            symbol = int(np.argmax(logits))
        else:
            p = np.exp((logits - np.max(logits)) / temperature)
            if top_k is not None and top_k < len(p):
                p[logits < np.sort(logits)[-top_k]] = 0
            symbol = int(rng.choice(len(p), p=p / p.sum()))
        drawn.append(symbol)
        if symbol == eos or len(drawn) == T:
            return drawn
        logits, h = step(symbol, h)
    ### END SOLUTION


# %% check="sample" points=3
check("sample", sample)

# %% [markdown] notice="sample"
# The model is called once for each symbol that is read, and not once more: after the last draw there is nothing left to ask. For a network with a large vocabulary that is most of the cost.
# Greedy choice, τ = 0, is not the most probable string, and often not even a typical one. Try it on your own model after exercise 8: from a source that tosses coins it will write one and the same symbol.

# %% [markdown]
# ## 5. How many bits a source has
#
# A source is given by `T_sym`, of shape (K, S, S): in state i it emits the symbol k and goes to state j with probability `T_sym[k, i, j]`.
# For each i these numbers sum to 1. Here the source is *unifilar*: state and symbol together determine the next state.
# So the entropy rate is the mean, over the stationary distribution π of the states, of the entropy of the next symbol:
#
# $$h = -\sum_i \pi_i \sum_k p(k \mid i) \log_2 p(k \mid i), \qquad p(k \mid i) = \sum_j T_{kij}, \qquad \pi_j = \sum_{i} \pi_i \sum_k T_{kij}$$
#
# Return h in **bits** per symbol. A probability may be 0, and then its term is 0.
# Every state can be reached from every other, so there is exactly one π. But the chain of states may be periodic: then the powers of its matrix do not converge.
#
# *Reread: "How many bits are left to win", equation entropy-rate.*

# %% [markdown] hints="entropy_rate"
# There are two parts, the states and the symbols. Which array, made of `T_sym` by one sum, says how likely it is to go from state i to state j?
# ***
# The stationary distribution solves $\pi = \pi P$ together with $\sum_i \pi_i = 1$. Write that as one system of S + 1 linear equations; `np.linalg.lstsq` solves it.
# ***
# For $p \log p$ with p = 0, let the logarithm be taken only where p is above 0: `np.log2` has the arguments `where` and `out`.


# %% exercise="entropy_rate" level="build" minutes=20
def entropy_rate(T_sym):
    """The entropy rate of a unifilar source, in bits per symbol.

    Equation: entropy-rate
    T_sym: (K, S, S), see above.
    """
    ### BEGIN SOLUTION
    P = T_sym.sum(axis=0)
    S = len(P)
    equations = np.vstack([P.T - np.eye(S), np.ones(S)])
    pi = np.linalg.lstsq(equations, np.append(np.zeros(S), 1.0), rcond=None)[0]
    p = T_sym.sum(axis=2)
    bits = -np.log2(p, out=np.zeros_like(p), where=p > 0)
    return float((p * bits).sum(axis=0) @ pi)
    ### END SOLUTION


# %% check="entropy_rate" points=2
check("entropy_rate", entropy_rate)

# %% [markdown] notice="entropy_rate"
# For the even process it is ⅔ of a bit, and that is a statement about *every* model, of whatever size: a transformer with a billion weights cannot do better in the long run.
# A power of the matrix instead of the equations would have gone wrong where the states are visited in turn: there powers do not converge, while π exists all the same.

# %% [markdown]
# ## 6. The best possible score
#
# No model can be expected to score strings of a source better than the source itself does. Its score is not a matter of opinion: the forward algorithm computes it.
# The first state has the distribution `start`. With $a_0 = $ `start`,
#
# $$a_t(j) = \sum_i a_{t-1}(i)\, T_{x_t\, i j}, \qquad -\log P(x_1 \dots x_T) = -\log \sum_j a_T(j)$$
#
# Here the source need not be unifilar. The numbers $a_t$ become too small for the computer within a few hundred steps:
# so work with logarithms, or divide $a_t$ by its sum at each step and keep account of the logarithms of what you divided by.
#
# `x` is (T, B): B strings. Return an array (B,): −log P of each whole string, in nats, and infinity for a string that the source cannot produce.
#
# *Reread: "How many bits are left to win", equation optimal-nll.*

# %% [markdown] hints="optimal_nll"
# Do the example of the page "How many bits are left to win" by hand once more, but divide each row of the table by its sum. What are the numbers by which you divided?
# ***
# For each string keep an array of S numbers. One step takes it through the matrix of the symbol that came; every string of the batch has another symbol, so every string needs its own matrix: `T_sym[row]` has the shape (B, S, S).
# ***
# Subtract the logarithm of each divisor from the total. If a string is impossible its sum is 0: the total is infinite then, and you should not divide by 0.


# %% exercise="optimal_nll" level="build" minutes=25
def optimal_nll(T_sym, start, x):
    """The negative log-probability of strings under their own source: the forward algorithm.

    Equation: optimal-nll
    T_sym: (K, S, S) as above, start: (S,) the distribution of the first state, x: (T, B) integers in 0..K-1.
    """
    ### BEGIN SOLUTION
    a = np.tile(start, (x.shape[1], 1))
    total = np.zeros(x.shape[1])
    with np.errstate(divide="ignore"):
        for row in x:
            a = np.einsum("bi,bij->bj", a, T_sym[row])
            mass = a.sum(axis=1)
            total -= np.log(mass)
            a = a / np.where(mass > 0, mass, 1)[:, None]
    return total
    ### END SOLUTION


# %% check="optimal_nll" points=3
check("optimal_nll", optimal_nll)

# %% [markdown] notice="optimal_nll"
# The divisors are the probabilities of each symbol given all those before it: this is the ideal language model, and what it carries from step to step, the distribution over S states, is all that can be known about the future.
# A recurrent network that comes close to this score must hold something equivalent in its state. For the even process that is a single bit.

# %% [markdown]
# ## 7. One matrix at both ends
#
# A language model has a matrix at its entrance, whose row k is read when symbol k comes, and a matrix at its exit, whose row k is compared with the state to make the logit of symbol k.
# Both say what a symbol is like, so why not use the same one? With an embedding E of shape (K, H) that is **tied** to the readout,
#
# $$x_t = E_{a_t}, \qquad h_t = \text{network}(x_1, \dots, x_t), \qquad y_t = E\, h_t.$$
#
# Here $a_t$ is the symbol that is read at step t. Now E has an effect on the loss in two places, and through the network the second place depends on the first.
#
# Derive dE and build it. You are given `dlogits`, the gradient on all y, and what was read and computed in the forward pass. What the network is, you need not know: `backward(dhs)` is its backward pass.
# It takes the gradient on the states $h_1 \dots h_T$ that comes from outside the network, (T, B, H), and returns the gradient on the inputs $x_1 \dots x_T$, (T, B, H), time inside the network included.
#
# *Reread: "Training a language model", equation tied-embedding.*

# %% [markdown] hints="tied_backward"
# Pretend that there are two matrices, E at the entrance and U at the exit, with the same numbers in them. What are the gradients on each? The gradient on the one matrix is then a simple combination of the two.
# ***
# At the exit: $dU = \sum_{t,b} dy\, h^\top$, as in any readout, and the states get $U^\top dy$. This is what `backward` wants, and it answers with the gradient on the rows that were read.
# ***
# A symbol that was read five times gets five contributions to its row. What does `dE[ids] += dx` do if a symbol stands in `ids` twice? `np.add.at` does better.


# %% exercise="tied_backward" level="derive" minutes=35
def tied_backward(dlogits, ids, hs, E, backward):
    """The gradient on an embedding that is also the readout.

    Equation: tied-embedding
    dlogits: (T, B, K), ids: (T, B), the symbols that were read, hs: (T, B, H), E: (K, H).
    backward: takes dhs (T, B, H), returns dx (T, B, H).
    """
    ### BEGIN SOLUTION
    dE = np.einsum("tbk,tbh->kh", dlogits, hs)
    np.add.at(dE, ids, backward(dlogits @ E))
    return dE
    ### END SOLUTION


# %% check="tied_backward" points=3
check("tied_backward", tied_backward)

# %% [markdown] notice="tied_backward"
# Every row of dE gets something from the exit at every step, because the softmax compares with all symbols, but from the entrance only when its symbol was read. With a vocabulary of 50 000 words a rare word would otherwise hardly ever be trained; tied, it learns at every step of every text.
# In a word model with a large vocabulary this halves the largest part of the parameters, and the paper that the page cites found such models to become better by it as well. The next exercise lets your gradient prove itself.

# %% [markdown]
# ## 8. Your language model learns
#
# The source is a relative of the even process. Between two runs of ones it tosses a coin, and all runs of ones have an even length: 0110011110. (Which of the two symbols plays the part of the one, and how the coin is biased, you are not told.)
# No model that looks a fixed number of symbols back can be the best here, because a window full of ones does not say whether their number is even. One bit of memory does. Your gradient has to discover it.
#
# The network is a GRU with a tied embedding. Its cell is that of assignment 5; if your notebook of that assignment lies beside this one and is right, the next cells take your own functions, and say so.


# %% given="gru_forward"
def gru_forward(x, h0, P):
    """A GRU over a sequence; the reset gate acts after the product, and z keeps the old state.

    x: (T, B, D), h0: (B, H). P: V_r, V_z, V_n (H, D), W_r, W_z, W_n (H, H), b_r, b_z, b_in, b_hn (H,); other keys are
    ignored. Returns (hs, cache): all states (T, B, H), and what the backward pass needs.
    """
    h, hs, cache = h0, [], []
    for x_t in x:
        r, z = (0.5 * (1 + np.tanh(0.5 * (x_t @ P["V_" + g].T + h @ P["W_" + g].T + P["b_" + g]))) for g in "rz")
        u = h @ P["W_n"].T + P["b_hn"]
        n = np.tanh(x_t @ P["V_n"].T + P["b_in"] + r * u)
        cache.append((x_t, h, P, r, z, n, u))
        h = (1 - z) * n + z * h
        hs.append(h)
    return np.stack(hs), cache


# %% given="gru_backward"
def gru_backward(dhs, cache):
    """The GRU backward. dhs: (T, B, H), the gradient on each state. Returns (dx, dh0, dP), dP with the cell's keys."""
    x, before = (np.stack([step[k] for step in cache]) for k in (0, 1))
    P, dh = cache[0][2], np.zeros_like(dhs[0])
    da, du = np.empty((3, *dhs.shape)), np.empty((3, *dhs.shape))
    for t in reversed(range(len(cache))):
        _, h, _, r, z, n, u = cache[t]
        dh = dh + dhs[t]
        da_n = dh * (1 - z) * (1 - n * n)
        da[:, t] = da_n * u * r * (1 - r), dh * (h - n) * z * (1 - z), da_n
        du[:, t] = da[0, t], da[1, t], da_n * r
        dh = z * dh + sum(du[k, t] @ P["W_" + g] for k, g in enumerate("rzn"))
    dP = dict(zip(("b_r", "b_z", "b_in", "b_hn"), (*da.sum(axis=(1, 2)), du[2].sum(axis=(0, 1)))))
    for k, g in enumerate("rzn"):
        dP["V_" + g] = np.tensordot(da[k], x, ((0, 1), (0, 1)))
        dP["W_" + g] = np.tensordot(du[k], before, ((0, 1), (0, 1)))
    return sum(da[k] @ P["V_" + g] for k, g in enumerate("rzn")), dh, dP


# %% given="bring"
gru_forward, gru_backward = bring(gru_forward, gru_backward)

# %% [markdown]
# Now write the loop. Cut one long text into streams, carry the state from piece to piece, and cut the gradient there. In each update: the rows of E for the symbols of the piece, `gru_forward` from the state of the piece before,
# the logits $y_t = E h_t + c$, and then the gradient of the mean of −log P over the tokens, all the way back. It is composed of `smoothed_nll_backward` (with $\varepsilon = 0$ and $\tau = 1$), `tied_backward` and `gru_backward`; if one of yours is not right yet, mend it first.
# Then a step of any optimiser.
#
# - `ids` is a text of 12000 symbols. `cfg` is {"symbols": 2, "units": 6, "streams": 16, "steps": 20, "updates": 600, "lr": 0.03}: with these numbers Adam gets there, with the usual 0.9, 0.999 and 1e-8 and the joint norm of all gradients clipped to 1. Apart from `symbols` you may use others.
# - Return a dict P with E (K, H), c (K,) and the keys of the cell, whose inputs have H entries, too. The check scores new strings with a network of its own: each symbol is predicted from those before it, the first one from the zero state.
# - `watch` is None or a function: call `watch(update, bits)` now and then with the loss of the piece in bits per symbol.
# - You pass with at most 0.08 bits per symbol above the source's own score on the same strings, which is what exercise 6 computes. The bound lies far below 0.2, where a model stays that does not remember, and leaves room for another optimiser. A score that is *better* than the source's own by 20 nats is an alarm, and fails: an honest model gets there once in e²⁰ times.
# - 600 updates take about a second; the check waits for 30. All randomness must come from `rng`.
#
# *Reread: "Training a language model", equation lm-batches.*

# %% [markdown] hints="train_lm"
# Exercise 1 gives you the pieces in the right order. What must you keep from one piece for the next, and when do you begin again from zeros?
# ***
# Write the forward pass of one piece with shapes: symbols (T, B), inputs (T, B, H), states (T, B, H), logits (T, B, K). Under each array write its gradient and the function that makes it. Where do the weights of the cell get theirs?
# ***
# `tied_backward` wants a function of dhs that returns dx. `gru_backward` returns more than that. A small function inside your loop can call it, put the gradients of the cell's weights aside, and return dx.


# %% exercise="train_lm" level="build" minutes=45
def train_lm(ids, cfg, rng, watch=None):
    """A language model from one long text, by the gradient that you compose.

    Equation: lm-batches, lm-chain-rule, tied-embedding
    ids: (N,) integers in 0..K-1. cfg: a dict of numbers, see above. rng: a Generator. watch: None or a function.
    """
    ### BEGIN SOLUTION
    K, H, T, B = (cfg[name] for name in ("symbols", "units", "steps", "streams"))
    P = {f"{letter}_{g}": rng.normal(size=(H, H)) / np.sqrt(H) for g in "rzn" for letter in "VW"}
    P |= {name: np.zeros(H) for name in ("b_r", "b_z", "b_in", "b_hn")}
    P |= {"E": 0.3 * rng.normal(size=(K, H)), "c": np.zeros(K)}
    m, v = ({name: np.zeros_like(value) for name, value in P.items()} for _ in range(2))
    pieces = lm_batches(ids, T, B)
    for k in range(1, cfg["updates"] + 1):
        which = (k - 1) % len(pieces)
        x, y = pieces[which]
        h = np.zeros((B, H)) if which == 0 else hs[-1]
        hs, cache = gru_forward(P["E"][x], h, P)
        logits = hs @ P["E"].T + P["c"]
        dlogits, _ = smoothed_nll_backward(logits, y, np.full(y.shape, True), 0, 1)
        grads = {"c": dlogits.sum(axis=(0, 1))}

        def backward(dhs, cache=cache, grads=grads):
            dx, _, dP = gru_backward(dhs, cache)
            grads.update(dP)
            return dx

        grads["E"] = tied_backward(dlogits, x, hs, P["E"], backward)
        scale = min(1, 1 / np.sqrt(sum((g * g).sum() for g in grads.values())))
        for name, g in grads.items():
            m[name] = 0.9 * m[name] + 0.1 * scale * g
            v[name] = 0.999 * v[name] + 0.001 * (scale * g) ** 2
            P[name] = P[name] - cfg["lr"] * (m[name] / (1 - 0.9**k)) / (np.sqrt(v[name] / (1 - 0.999**k)) + 1e-8)
        if watch is not None and k % 5 == 0:
            total, count = token_nll(logits, y, np.full(y.shape, True))
            watch(k, total / count / np.log(2))
    return P
    ### END SOLUTION


# %% check="train_lm" points=3
check("train_lm", train_lm)

# %% [markdown] notice="train_lm"
# From the loss to the first symbol's row of E, every derivative in this training is yours. Two of them, the tied matrix and the loss, you have derived where no page told you the answer, and now they have been confirmed in the best way there is: something was learned by them.

# %% [markdown]
# Here is your model at work on the even process itself. Its entropy rate is ⅔ of a bit, which your `entropy_rate` says, too. The best model that sees only the last symbol stays at 0.874, and one that sees three at 0.770.
# Before you run the next two cells, guess: will the loss fall through these values without a halt?


# %% given="even_process"
def even_process(n, rng):
    """Draw n symbols: a fair coin between runs of ones, and all runs have an even length."""
    ids, due = np.empty(n, int), False
    for t in range(n):
        ids[t] = 1 if due else rng.integers(2)
        due = bool(ids[t]) and not due
    return ids


# %%
T_sym = np.array([[[0.5, 0], [0, 0]], [[0, 0.5], [1, 0]]])
curve = Curve(floor=entropy_rate(T_sym), title="Your language model, bits per symbol")
cfg = {"symbols": 2, "units": 6, "streams": 16, "steps": 20, "updates": 600, "lr": 0.03}
weights = train_lm(even_process(12000, np.random.default_rng(0)), cfg, np.random.default_rng(1), watch=curve)
curve.draw()

# %% [markdown]
# What you should notice now: with our own loop and the seeds of this cell, the loss begins near 0.94 and goes through both values without a halt, between the fifteenth and the thirtieth update. After some thirty-five updates the curve lies around the dashed line and stays there.
# Once it is below 0.77 the network must be using something that lies more than three symbols back, and it does not need a long window for that: it has found the one bit, whether the present run of ones is even.
#
# The points jitter on both sides of the line, because a piece of 320 symbols can be easier or harder than the source is on average. That is why the check compares with the source's own score *on the same strings*.
# Compare this with the plateau of assignment 6. There two things had to be right at once, here every symbol of memory is rewarded by a little, and so there is a slope to go down from the very beginning.
