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
# You write what stands around a recurrent language model: its batches, its score, and the strings that are drawn from it.
# Then you compute the best score that any model can have on a known source.
#
# Symbols are integers 0 ... K-1. Arrays are time-major: T steps, B sequences side by side, K symbols.
# Log-probabilities are natural logarithms, in nats; only an entropy rate is asked for in bits. Use NumPy alone.

# %% given="imports"
import numpy as np

from autograder import check

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


# %% exercise="lm_batches"
def lm_batches(ids, T, B):
    """One text as B parallel streams, cut into pieces of T steps.

    Equation: lm-batches
    ids: (N,) integers, N > B. T: steps of a piece, B: streams.
    Returns a list of pairs (inputs, targets), each (T, B), the last pair perhaps shorter: see above.
    """
    ### BEGIN SOLUTION
    width = (len(ids) - 1) // B
    inputs = ids[: B * width].reshape(B, width).T
    targets = ids[1 : B * width + 1].reshape(B, width).T
    return [(inputs[t : t + T], targets[t : t + T]) for t in range(0, width, T)]
    ### END SOLUTION


# %% check="lm_batches" points=3
check("lm_batches", lm_batches)

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
# Return the sum over all tokens, a number in nats, and the count of tokens, an integer. Nothing is divided: batches add up first.
# The sum must be right for large logits, too: logits + 1000 are the same distribution. Without any token the sum is 0 and the count 0.
#
# *Reread: "The probability of a string", equations lm-chain-rule and token-nll.*


# %% exercise="token_nll"
def token_nll(logits, targets, mask):
    """The negative log-probability of all tokens of a batch, and how many there are.

    Equation: token-nll, lm-chain-rule
    logits: (T, B, K), targets: (T, B) integers in 0..K-1, mask: (T, B) booleans.
    Returns (total, count): a number in nats, and an integer.
    """
    ### BEGIN SOLUTION
    shifted = logits - logits.max(axis=-1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    chosen = np.take_along_axis(logp, targets[:, :, None], axis=-1)[:, :, 0]
    return -chosen[mask].sum(), int(mask.sum())
    ### END SOLUTION


# %% check="token_nll" points=4
check("token_nll", token_nll)

# %% [markdown]
# ## 3. Perplexity
#
# A test set was scored in N batches. Batch i gave the sum `totals[i]`, in nats, over `counts[i]` tokens.
# Return the perplexity of the whole test set, which must not depend on how its tokens were dealt into batches.
# A batch may have no token at all; not all batches have none.
#
# *Reread: "The probability of a string", equation perplexity.*


# %% exercise="perplexity"
def perplexity(totals, counts):
    """The perplexity of a test set from the sums and counts of its batches.

    Equation: perplexity
    totals: (N,) nats, counts: (N,) integers, not all of them 0. Returns a number.
    """
    ### BEGIN SOLUTION
    return np.exp(np.sum(totals) / np.sum(counts))
    ### END SOLUTION


# %% check="perplexity" points=2
check("perplexity", perplexity)

# %% [markdown]
# ## 4. Drawing a string
#
# `step` is one step of a trained model: `logits, h_next = step(symbol, h)`. It reads one symbol in state h, and its K logits are for the symbol that comes next.
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


# %% exercise="sample"
def sample(step, h0, bos, eos, rng, T, temperature, top_k, prefix=()):
    """Draw a string from a model.

    Equation: temperature
    step: (symbol, h) -> (logits (K,), h_next). h0: the first state. bos, eos: integers. rng: a Generator.
    T: the most symbols to draw, at least 1. temperature: at least 0. top_k: None, or at least 1. prefix: (n,) integers.
    Returns the drawn symbols, T or fewer.
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


# %% check="sample" points=4
check("sample", sample)

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


# %% exercise="entropy_rate"
def entropy_rate(T_sym):
    """The entropy rate of a unifilar source, in bits per symbol.

    Equation: entropy-rate
    T_sym: (K, S, S), see above. Returns a number.
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


# %% check="entropy_rate" points=3
check("entropy_rate", entropy_rate)

# %% [markdown]
# ## 6. The best possible score
#
# No model can be expected to score strings of a source better than the source itself does. Its score is not a matter of opinion: the forward algorithm computes it.
# The first state has the distribution `start`. With $a_0 = $ `start`,
#
# $$a_t(j) = \sum_i a_{t-1}(i)\, T_{x_t\, i j}, \qquad -\log P(x_1 \dots x_T) = -\log \sum_j a_T(j)$$
#
# Here the source need not be unifilar. The numbers $a_t$ become too small for the computer within a few hundred steps:
# work with logarithms, or divide $a_t$ by its sum at each step and keep account of the logarithms of what you divided by.
#
# `x` is (T, B): B strings. Return an array (B,): −log P of each whole string, in nats, and infinity for a string that the source cannot produce.
#
# *Reread: "How many bits are left to win", equation optimal-nll.*


# %% exercise="optimal_nll"
def optimal_nll(T_sym, start, x):
    """The negative log-probability of strings under their own source: the forward algorithm.

    Equation: optimal-nll
    T_sym: (K, S, S) as above, start: (S,) the distribution of the first state, x: (T, B) integers in 0..K-1.
    Returns (B,), in nats.
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


# %% check="optimal_nll" points=4
check("optimal_nll", optimal_nll)
