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
# Then you compute the best score that any model can have on a known source. At last you train a model, and it is measured against that.
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
    """
    ### BEGIN SOLUTION
    shifted = logits - logits.max(axis=-1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    chosen = np.take_along_axis(logp, targets[:, :, None], axis=-1)[:, :, 0]
    return -chosen[mask].sum(), int(mask.sum())
    ### END SOLUTION


# %% check="token_nll" points=3
check("token_nll", token_nll)

# %% [markdown]
# ## 3. Perplexity
#
# A test set was scored in N batches. Batch i gave the sum `totals[i]`, in nats, over `counts[i]` tokens.
# Perplexity is e to the power of the mean number of nats per token.
# Return the perplexity of the whole test set, which must not depend on how its tokens were dealt into batches.
# A batch may have no token at all; not all batches have none.
#
# *Reread: "The probability of a string", equation perplexity.*


# %% exercise="perplexity"
def perplexity(totals, counts):
    """The perplexity of a test set from the sums and counts of its batches.

    Equation: perplexity
    totals: (N,) nats, counts: (N,) integers, not all of them 0.
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
# What h is does not concern you: hand it on as it came. `bos` and `eos` need not be among the K symbols. `prefix` may be empty.
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

# %% [markdown]
# ## 7. Each symbol from those before it
#
# The GRU below reads symbols; after each one it has logits for the *next*. Use it to score given strings: row t of the result holds the logits for `ids[t]`, from `ids[:t]` alone.
# Nothing comes before `ids[0]`. There the state is zero, and it is read out as it is: row 0 holds `P["c"]`.
#
# *Reread: "The probability of a string", equation lm-chain-rule.*


# %% given="gru_logits"
def gru_logits(ids, h, P):
    """The logits of a GRU after each symbol that it reads.

    ids: (T, B), h: (B, H), the state before. P: E (K, 3H), the input part of the gates r, z, n for each symbol;
    W (3H, H); b (3H,); U (K, H); c (K,).
    Returns (logits, h, cache): (T, B, K), where logits[t] are for the symbol after ids[t]; the last state; and what
    the way back needs.
    """
    H = P["W"].shape[1]
    hs, steps = np.zeros((*ids.shape, H)), []
    for t, a in enumerate(P["E"][ids] + P["b"]):
        u = h @ P["W"].T
        r, z = (0.5 * (1 + np.tanh(0.5 * (a[:, k : k + H] + u[:, k : k + H]))) for k in (0, H))
        n = np.tanh(a[:, 2 * H :] + r * u[:, 2 * H :])
        steps.append((h, u, r, z, n))
        h = z * h + (1 - z) * n
        hs[t] = h
    return hs @ P["U"].T + P["c"], h, (ids, hs, steps, P)


# %% given="gru_gradients"
def gru_gradients(dlogits, cache):
    """The gradients on all of P from those on the logits, (T, B, K). Returns a dict with the keys and shapes of P."""
    ids, hs, steps, P = cache
    H = P["W"].shape[1]
    dP = {name: np.zeros_like(value) for name, value in P.items()}
    dP["U"], dP["c"] = np.einsum("tbk,tbh->kh", dlogits, hs), dlogits.sum(axis=(0, 1))
    dhs, dh = dlogits @ P["U"], 0
    for t in reversed(range(len(steps))):
        h, u, r, z, n = steps[t]
        dh = dh + dhs[t]
        dn = (1 - z) * dh * (1 - n * n)
        dr, dz = dn * u[:, 2 * H :] * r * (1 - r), dh * (h - n) * z * (1 - z)
        da, du = np.concatenate([dr, dz, dn], axis=1), np.concatenate([dr, dz, dn * r], axis=1)
        np.add.at(dP["E"], ids[t], da)
        dP["b"] += da.sum(axis=0)
        dP["W"] += du.T @ h
        dh = z * dh + du @ P["W"]
    return dP


# %% exercise="lm_logits"
def lm_logits(ids, P):
    """The logits for each symbol of some strings, from the symbols before it.

    Equation: lm-chain-rule
    ids: (T, B) integers in 0..K-1, T at least 1. P: as for gru_logits.
    """
    ### BEGIN SOLUTION
    K, H = P["U"].shape
    first = np.tile(P["c"], (1, ids.shape[1], 1))
    logits, _, _ = gru_logits(ids[:-1], np.zeros((ids.shape[1], H)), P)
    return np.concatenate([first, logits])
    ### END SOLUTION


# %% check="lm_logits" points=2
check("lm_logits", gru_logits, lm_logits)

# %% [markdown]
# ## 8. Nearly as good as the source
#
# Train a language model on one long text `ids` of a source whose runs of ones all have an even length. No model that looks a fixed number of symbols back can be the best there; a recurrent one nearly can.
# The loss is the mean over tokens of −log P, and its gradient on the logits is (softmax − one-hot) / (number of tokens). Carry the state from batch to batch, and cut the gradient there.
#
# `cfg` holds numbers that will do: `symbols` (K), `units` (H), `streams` (B), `steps` (T, of a batch), `updates`, and `lr`, for Adam with the usual 0.9, 0.999 and 1e-8 and the joint norm of all gradients clipped to 1. Apart from `symbols` you may use others. The training may take 30 seconds; one is enough.
#
# Return P. It then scores new strings of the source, and that is compared with the source's own score, that of exercise 6.
# The scoring is done by the course's own `gru_logits` and `lm_logits`: a slip in yours costs nothing here, and what you define again later changes nothing.
# It has to come within 0.08 bits per symbol.
# A score that is *better* than the source's own by 20 nats is an alarm, and fails: a model that keeps to equation lm-chain-rule gets there once in e²⁰ times.
# All randomness must come from `rng`.
#
# *Reread: "Training a language model", equation lm-batches.*


# %% exercise="train_lm"
def train_lm(ids, cfg, rng):
    """A language model from one long text.

    Equation: lm-batches, lm-chain-rule
    ids: (N,) integers in 0..K-1. cfg: a dict of numbers, see above. rng: a Generator.
    """
    ### BEGIN SOLUTION
    K, H, T, B = (cfg[name] for name in ("symbols", "units", "steps", "streams"))
    P = {
        "E": rng.normal(size=(K, 3 * H)) / 2,
        "W": rng.normal(size=(3 * H, H)) / np.sqrt(H),
        "b": np.zeros(3 * H),
        "U": rng.normal(size=(K, H)) / np.sqrt(H),
        "c": np.zeros(K),
    }
    m, v = ({name: np.zeros_like(value) for name, value in P.items()} for _ in range(2))
    for k in range(1, cfg["updates"] + 1):
        if k == 1 or at + T >= width:
            width, at, h = (len(ids) - 1) // B, 0, np.zeros((B, H))
            start = rng.integers(len(ids) - 1 - B * width + 1)
            inputs = ids[start : start + B * width].reshape(B, width).T
            targets = ids[start + 1 : start + B * width + 1].reshape(B, width).T
        x, y = inputs[at : at + T], targets[at : at + T]
        at += T
        logits, h, cache = gru_logits(x, h, P)
        p = np.exp(logits - logits.max(axis=-1, keepdims=True))
        p /= p.sum(axis=-1, keepdims=True)
        grads = gru_gradients((p - np.eye(K)[y]) / y.size, cache)
        scale = min(1, 1 / np.sqrt(sum((g * g).sum() for g in grads.values())))
        for name, g in grads.items():
            m[name] = 0.9 * m[name] + 0.1 * scale * g
            v[name] = 0.999 * v[name] + 0.001 * (scale * g) ** 2
            P[name] = P[name] - cfg["lr"] * (m[name] / (1 - 0.9**k)) / (np.sqrt(v[name] / (1 - 0.999**k)) + 1e-8)
    return P
    ### END SOLUTION


# %% check="train_lm" points=2
check("train_lm", gru_logits, gru_gradients, lm_logits, train_lm)
