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
# # Assignment 10: translation
#
# One network reads, another writes. You write the reader, the score, two searches, and the number that papers report.
#
# The weights come in a dict `P`. Both networks are vanilla ones, so that nothing hides the matter:
#
# | key | shape | |
# |---|---|---|
# | `S` | (Ks, D) | embeddings of source symbols |
# | `V_e`, `W_e`, `b_e` | (H, D), (H, H), (H,) | the encoder |
# | `Y` | (Kt + 1, D) | embeddings of target symbols; the last row is that of BOS |
# | `V_d`, `W_d`, `b_d` | (H, D), (H, H), (H,) | the decoder |
# | `U`, `c` | (Kt, H), (Kt,) | the readout |
#
# Arrays are time-major, (T, B). Use NumPy alone.

# %% given="imports"
import numpy as np

from autograder import check

# %% [markdown]
# ## 1. Reading
#
# $h_s = \tanh(W_e h_{s-1} + V_e S_{x_s} + b_e)$ from $h_0 = 0$; the result is the state after the last *real* symbol of each source.
#
# *Reread: "Encoder and decoder", equation encoder-bridge.*


# %% exercise="encode"
def encode(src, lengths, P):
    """The state in which the encoder has read each source.

    Equation: encoder-bridge
    src: (T, B) integers, padded; lengths: (B,), at least 1 each.
    """
    ### BEGIN SOLUTION
    h = np.zeros((src.shape[1], len(P["b_e"])))
    for t, ids in enumerate(src):
        new = np.tanh(P["S"][ids] @ P["V_e"].T + h @ P["W_e"].T + P["b_e"])
        h = np.where((t < lengths)[:, None], new, h)
    return h
    ### END SOLUTION


# %% check="encode" points=4
check("encode", encode)

# %% [markdown]
# ## 2. The score of the targets
#
# The decoder starts in the state `h` and reads BOS and then the *right* target symbols. After each symbol it has read,
# its state is $h_t = \tanh(W_d h_{t-1} + V_d Y_{y_{t-1}} + b_d)$ and its logits are $U h_t + c$.
#
# $$-\sum_b \sum_t \log P(y^b_t \mid y^b_{<t}, x^b)$$
#
# `tgt` holds $y_1 \ldots y_n$, EOS among them, padded; `mask` is true at real symbols. Logits may be in the thousands.
#
# *Reread: "Encoder and decoder", equation seq2seq-nll.*


# %% exercise="seq2seq_nll"
def seq2seq_nll(h, tgt, mask, P):
    """The negative log-probability of targets, by teacher forcing.

    Equation: seq2seq-nll
    h: (B, H), the decoder's first state, tgt: (T, B) integers, mask: (T, B) booleans.
    """
    ### BEGIN SOLUTION
    bos = len(P["Y"]) - 1
    read = np.vstack([np.full((1, tgt.shape[1]), bos), tgt[:-1]])
    total, columns = 0.0, np.arange(tgt.shape[1])
    for ids, wanted, real in zip(read, tgt, mask):
        h = np.tanh(P["Y"][ids] @ P["V_d"].T + h @ P["W_d"].T + P["b_d"])
        logits = h @ P["U"].T + P["c"]
        top = logits.max(axis=1, keepdims=True)
        logp = logits - top - np.log(np.exp(logits - top).sum(axis=1, keepdims=True))
        total -= logp[columns, wanted][real].sum()
    return total, int(mask.sum())
    ### END SOLUTION


# %% check="seq2seq_nll" points=4
check("seq2seq_nll", seq2seq_nll)

# %% [markdown]
# ## 3. Greedy search
#
# `step` is one step of a decoder: `logp, h_next = step(symbol, h)` reads one symbol, and `logp` (K,) are the log-probabilities of the next.
# Begin with `bos` in the state `h`, take the most probable symbol, read it, and so on. Stop after `eos`, or after `max_len` symbols.
#
# *Reread: "Searching for a translation", equation greedy-decoding.*


# %% exercise="greedy"
def greedy(step, h, bos, eos, max_len):
    """The string of most probable symbols.

    Equation: greedy-decoding
    step: (symbol, h) -> (logp (K,), h_next). bos, eos: integers. max_len: at least 1.
    """
    ### BEGIN SOLUTION
    symbol, out = bos, []
    while len(out) < max_len:
        logp, h = step(symbol, h)
        symbol = int(np.argmax(logp))
        out.append(symbol)
        if symbol == eos:
            break
    return out
    ### END SOLUTION


# %% check="greedy" points=3
check("greedy", greedy)

# %% [markdown]
# ## 4. Beam search
#
# Keep k strings at a time, beginning with the empty one.
#
# - Extend every string that is still open by every symbol; its log-probability is the sum over its symbols, that of `eos` included.
# - Keep the most probable of these extensions, as many as there are places: k, less the number of strings that have finished.
# - One that ends in `eos` is finished and keeps its place. Stop when no string is open, or when the open ones have `max_len` symbols: these count as they are.
#
# The score of a string of n symbols, eos counted, is its log-probability divided by $n^\alpha$. Strings of equal score may stand in any order.
#
# *Reread: "Searching for a translation", equation beam-score.*


# %% exercise="beam"
def beam(step, h, bos, eos, k, alpha, max_len):
    """The k most promising strings at a time.

    Equation: beam-score
    step, h, bos, eos, max_len: as for greedy. k: places, alpha: exponent of the length, at least 0.
    """
    ### BEGIN SOLUTION
    live, done = [([], 0.0, bos, h)], []
    for _ in range(max_len):
        grown = []
        for symbols, total, last, state in live:
            logp, after = step(last, state)
            grown += [([*symbols, j], total + float(logp[j]), j, after) for j in range(len(logp))]
        grown.sort(key=lambda g: -g[1])
        grown = grown[: k - len(done)]
        done += [g for g in grown if g[2] == eos]
        live = [g for g in grown if g[2] != eos]
        if not live:
            break
    found = [(symbols, total / len(symbols) ** alpha) for symbols, total, _, _ in done + live]
    return sorted(found, key=lambda f: -f[1])
    ### END SOLUTION


# %% check="beam" points=5
check("beam", beam)

# %% [markdown]
# ## 5. BLEU
#
# $$\text{BLEU} = 100 \cdot \min\left(1, e^{1 - r/c}\right) \cdot \left(\prod_{j=1}^{n} p_j\right)^{1/n}$$
#
# There is one reference for each hypothesis. c is the number of tokens of all hypotheses, r that of all references.
# The count of a j-gram of a hypothesis is clipped to its count in the reference of the same hypothesis.
# $p_j$ is the sum of clipped counts of j-grams over the corpus, divided by the sum of all counts in the hypotheses.
# If one $p_j$ is zero, or there is no j-gram at all, BLEU is 0. A hypothesis may be empty.
#
# *Reread: "BLEU", equation bleu.*


# %% exercise="bleu"
def bleu(hyps, refs, n=4):
    """BLEU of a corpus, from 0 to 100, without smoothing.

    Equation: bleu
    hyps, refs: lists of arrays of integers, one reference for each hypothesis. n: the longest n-gram.
    """
    ### BEGIN SOLUTION
    logs = 0.0
    for j in range(1, n + 1):
        clipped = every = 0
        for hyp, ref in zip(hyps, refs):
            counts = [{}, {}]
            for count, tokens in zip(counts, (hyp, ref)):
                for i in range(len(tokens) - j + 1):
                    gram = tuple(int(token) for token in tokens[i : i + j])
                    count[gram] = count.get(gram, 0) + 1
            clipped += sum(min(number, counts[1].get(gram, 0)) for gram, number in counts[0].items())
            every += sum(counts[0].values())
        if clipped == 0:
            return 0.0
        logs += np.log(clipped / every) / n
    c, r = sum(len(hyp) for hyp in hyps), sum(len(ref) for ref in refs)
    return 100 * float(np.exp(min(0.0, 1 - r / c) + logs))
    ### END SOLUTION


# %% check="bleu" points=4
check("bleu", bleu)
