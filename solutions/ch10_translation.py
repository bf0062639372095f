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
# One network reads and another one writes. In this notebook you build what stands between them and after them: the reader, the score,
# the backward pass of attention, the search, a loss made of whole translations, and the number that papers report.
# At the end your parts are put together and learn to translate, and your beam search shows you what they have learned.
#
# The weights come in a dict `P`. Both networks are vanilla ones, so that nothing distracts from the translation:
#
# | key | shape | what it holds |
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

from autograder import Curve, check

# %% [markdown]
# ## 1. Reading
#
# The encoder starts from a state of zeros and reads one symbol after another:
#
# $$h_s = \tanh(W_e h_{s-1} + V_e S_{x_s} + b_e)$$
#
# Sources of different lengths stand side by side, padded at the end. Padding must not move the state: once a source has ended,
# its state stays as it is. Return all states, because attention will want to look at them, and the last one, with which the decoder begins.
#
# *Reread: "Encoder and decoder", equation encoder-bridge.*


# %% [markdown] hints="encode"
# You wrote this loop in assignment 1, and kept the last valid state of padded sequences there: "Sequences of different lengths".
# ***
# Write down, for one step, the state that a source would have if it went on, and the state that it had. Which of the two is right depends on t and on the length of each source.
# ***
# `np.where` chooses row by row if the condition has the shape (B, 1). Collect what it chose, not what was computed.


# %% exercise="encode" level="build" minutes=15
def encode(src, lengths, P):
    """All states of the encoder, and the one in which it has read each source.

    Equation: encoder-bridge
    src: (T, B) integers, padded; lengths: (B,), at least 1 each.
    """
    ### BEGIN SOLUTION
    h, hs = np.zeros((src.shape[1], len(P["b_e"]))), []
    for t, ids in enumerate(src):
        new = np.tanh(P["S"][ids] @ P["V_e"].T + h @ P["W_e"].T + P["b_e"])
        h = np.where((t < lengths)[:, None], new, h)
        hs.append(h)
    return np.stack(hs), h
    ### END SOLUTION


# %% check="encode" points=2
check("encode", encode)

# %% [markdown] notice="encode"
# The last of your states and `h` are the same array: a source that has ended keeps its state to the end of the batch, so nobody has to look up where it ended.
# The states at padding are still there, though, and look like any others. Attention must be told not to look at them, or a long sentence in the batch would change the translation of a short one.

# %% [markdown]
# ## 2. The score of the targets
#
# The decoder starts in the state `h` and reads BOS and then the *right* target symbols, whatever it would have said itself.
# After each symbol its state is $h_t = \tanh(W_d h_{t-1} + V_d Y_{y_{t-1}} + b_d)$, and its logits are $U h_t + c$.
# The score is the negative log-likelihood of the symbols that came:
#
# $$-\sum_b \sum_t \log P(y^b_t \mid y^b_{<t}, x^b)$$
#
# `tgt` holds $y_1 \ldots y_n$, EOS among them, padded at the end; `mask` is true at real symbols. Logits may be in the thousands.
#
# *Reread: "Encoder and decoder", equation seq2seq-nll.*


# %% [markdown] hints="seq2seq_nll"
# Read "Teacher forcing" once more. What does the decoder read before it is asked for $y_1$, and what before $y_2$?
# ***
# Shift the targets by one row, with BOS in the first. Then the loop over rows has what is read and what is wanted side by side.
# ***
# Subtract the largest logit of each row before `np.exp`, and take the logarithm of the sum after it; then pick one entry of each row, and of these the real ones.


# %% exercise="seq2seq_nll" level="build" minutes=20
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


# %% check="seq2seq_nll" points=3
check("seq2seq_nll", seq2seq_nll)

# %% [markdown] notice="seq2seq_nll"
# The decoder read the right words throughout, so all of its inputs were known before it began. That is why training can compute the score of all words in one pass,
# and it is also why the score says nothing of what happens when the decoder reads a word that it should not have written.

# %% [markdown]
# ## 3. Attention with a temperature, backward
#
# How sharply should the decoder look? The page fixed the scale of the scores once and for all. Here the network may choose it:
# all scores are divided by a **temperature** τ, one positive number that is learned like any other parameter.
#
# $$e_{ts} = \frac{q_t^\top k_s}{\tau}, \qquad w_{ts} = \frac{\exp e_{ts}}{\sum_{s'} \exp e_{ts'}}, \qquad c_t = \sum_s w_{ts} v_s$$
#
# The sums run over the real steps of each source, and the weights at padding are exactly 0.
# The forward pass is given below. Its cache holds all that it was given, and the weights; if you want something else in it, write your own.
# Derive the gradients on queries, keys, values and τ from `dcontext`, the gradient on the contexts, and then write them.
#
# *Reread: "Attention", equation attention-temperature, and the backward pass there for a fixed scale.*


# %% given="attend"
def attend(q, keys, values, mask, tau):
    """The contexts (Tt, B, M) of queries (Tt, B, H), the weights (B, Tt, Ts), and a cache.

    keys: (Ts, B, H), values: (Ts, B, M), mask: (Ts, B), true at real source steps, of which each source has one or more.
    """
    scores = np.einsum("tbh,sbh->bts", q, keys) / tau
    scores = np.where(mask.T[:, None], scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return np.einsum("bts,sbm->tbm", weights, values), weights, (q, keys, values, mask, tau, weights)


# %% [markdown] hints="attention_backward"
# The page derives everything for scores with a fixed factor. What does τ touch, and what does it leave alone? The values, for instance, never meet it.
# ***
# Let $p_{ts} = q_t^\top k_s$, so that $e_{ts} = p_{ts} / \tau$. You have $de_{ts}$ from the page. Write down $dp_{ts}$, and the derivative of $e_{ts}$ by τ as a number times $e_{ts}$.
# ***
# One τ serves all scores, so its gradient is a sum over sequences, queries and keys of $de_{ts}$ times that derivative. The sum over the scores can be had from arrays that you have already: $\sum_s de_{ts}\, e_{ts}$ is a product of a query with something you return.


# %% exercise="attention_backward" level="derive" minutes=45
def attention_backward(dcontext, cache):
    """Attention with a learned temperature, backward.

    Equation: attention-temperature
    dcontext: (Tt, B, M), the gradient on each context. cache: from `attend`.
    """
    ### BEGIN SOLUTION
    q, keys, values, mask, tau, weights = cache
    dvalues = np.einsum("bts,tbm->sbm", weights, dcontext)
    dweights = np.einsum("tbm,sbm->bts", dcontext, values)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=-1, keepdims=True)) / tau
    dq = np.einsum("bts,sbh->tbh", dscores, keys)
    dkeys = np.einsum("bts,tbh->sbh", dscores, q)
    return dq, dkeys, dvalues, -np.sum(dq * q) / tau
    ### END SOLUTION


# %% check="attention_backward" points=3
check("attention_backward", attend, attention_backward)

# %% [markdown] notice="attention_backward"
# The gradient of the temperature is a single number, and it says whether the network looks sharply enough: it is negative when a higher temperature would lower the loss, and so it can be read as a dial.
# Notice also that $\tau\, d\tau = -\sum_t q_t^\top dq_t = -\sum_s k_s^\top dk_s$. Making all queries longer by a factor, making all keys longer, or lowering the temperature are the same thing, and the gradients know it.

# %% [markdown]
# ## 4. Beam search
#
# A decoder is given as a function: `logp, h_next = step(symbol, h)` reads one symbol in the state `h`, and `logp` (K,) holds the log-probabilities
# of the symbol after it. Search for probable strings. Keep k of them at a time, and begin with the empty one, for which `bos` is read in the state `h`.
#
# - Extend every string that is still open by every symbol. Its log-probability is the sum over its symbols, that of `eos` included.
# - Keep the most probable of these extensions, as many as there are places: k, less the number of strings that have finished.
# - A string that ends in `eos` is finished and keeps its place. Stop when no string is open, or when the open ones have `max_len` symbols: these count as they are.
#
# The score of a string of n symbols, eos counted, is its log-probability divided by $n^\alpha$. Strings of equal score may stand in any order.
# With k = 1 this is greedy search, and one of the cases asks for exactly that.
#
# *Reread: "Searching for a translation", equations greedy-decoding and beam-score.*


# %% [markdown] hints="beam"
# The list of rules above is an algorithm already. Decide what you keep for each string that is open: its symbols are not enough to go on.
# ***
# Four things: the symbols, the sum of log-probabilities, the last symbol, and the state after it. An extension adds one symbol to each of them.
# ***
# Gather the extensions of all open strings in one list, sort it once, cut it to the number of free places, and only then part the finished from the open ones. The exponent α has nothing to do before the very end.


# %% exercise="beam" level="build" minutes=35
def beam(step, h, bos, eos, k, alpha, max_len):
    """The k most promising strings at a time.

    Equation: greedy-decoding, beam-score
    step: (symbol, h) -> (logp (K,), h_next). bos, eos: integers. k: places, at least 1. alpha: exponent of the length,
    at least 0. max_len: at least 1.
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


# %% check="beam" points=4
check("beam", beam)

# %% [markdown] notice="beam"
# A beam of three costs three times as much as one of one, and wherever the network is nearly sure of itself, both find the same string.
# They differ where an early word was a close call. The last cell of this notebook has such words, and there your beam will show you two answers that are both right.

# %% [markdown]
# ## 5. A soft beam
#
# Your search returned a list of translations. Some are better than others, and a person, or BLEU, can say how bad each one is: that is its **cost**.
# The training by likelihood never hears of these costs. **Minimum risk training** lets it: turn the scores of the list into a distribution
# over the list alone, and call the expected cost the risk.
#
# $$q_i = \frac{\exp(\beta s_i)}{\sum_j \exp(\beta s_j)}, \qquad R = \sum_i q_i\, c_i$$
#
# Here $s_i$ is the log-probability of the i-th translation of one source, $c_i$ its cost, and β says how sharp the distribution is.
# A search that keeps the best string has no derivative. R has one: derive it, on the scores and on β, and write it.
# There are B sources with n translations each. A source for which fewer were found is filled up with scores of $-\infty$;
# these have no probability, get a gradient of exactly 0, and each source has at least one real translation. Scores may be in the thousands.
#
# *Reread: "Searching for a translation", equation minimum-risk.*


# %% [markdown] hints="risk_backward"
# Only the softmax is between a score and the risk, and you have its derivative from "Attention": which quantity there plays the part of the costs?
# ***
# Write $z_i = \beta s_i$ first, and derive the gradient on z. It contains a difference between a cost and a mean. Then go from z to the scores, and from z to β.
# ***
# The gradient on β is a sum over all lists. In it a score of $-\infty$ meets a probability of zero, and a product of the two is not a number: leave these places out before you multiply.


# %% exercise="risk_backward" level="derive" minutes=35
def risk_backward(scores, costs, beta):
    """The risk of lists of translations, and its gradients.

    Equation: minimum-risk
    scores: (n, B) log-probabilities, -inf where there is no translation. costs: (n, B), finite. beta: a positive number.
    """
    ### BEGIN SOLUTION
    q = np.exp(beta * (scores - scores.max(axis=0)))
    q /= q.sum(axis=0)
    risk = np.sum(q * costs, axis=0)
    push = q * (costs - risk)
    return risk, beta * push, np.sum(push * np.where(q > 0, scores, 0))
    ### END SOLUTION


# %% check="risk_backward" points=3
check("risk_backward", risk_backward)

# %% [markdown] notice="risk_backward"
# The gradients of one list add up to zero: minimum risk moves probability between the members of the list, and cannot make all of them better at once.
# A translation is pushed up if its cost is below the *risk*, not if it is low in itself. So in a list of bad translations the least bad is encouraged, and a good one that stands among better ones is discouraged.
# That difference from a mean is called a baseline elsewhere, and it is the heart of policy gradients.

# %% [markdown]
# ## 6. BLEU
#
# $$\text{BLEU} = 100 \cdot \min\left(1, e^{1 - r/c}\right) \cdot \left(\prod_{j=1}^{n} p_j\right)^{1/n}$$
#
# Each hypothesis has one reference. All hypotheses together have c tokens, and all references together have r.
# The count of a j-gram in a hypothesis is clipped to its count in the reference of the same hypothesis.
# $p_j$ is the sum of the clipped counts of j-grams over the corpus, divided by the sum of all counts in the hypotheses.
# If one $p_j$ is zero, or there is no j-gram at all, BLEU is 0. A hypothesis may be empty.
#
# *Reread: "BLEU", equation bleu.*


# %% [markdown] hints="bleu"
# The page computes one count by hand. Do the same for the pairs of its first sentence before you write a loop.
# ***
# Keep two sums for each length: the clipped counts and all counts, over the whole corpus. Nothing is divided before both are complete.
# ***
# A dict from tuples to counts serves hypothesis and reference alike. Mind the two places where a logarithm or a quotient could meet a zero, and return early.


# %% exercise="bleu" level="build" minutes=20
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


# %% check="bleu" points=2
check("bleu", bleu)

# %% [markdown] notice="bleu"
# Take perfect translations of ten words and drop the last word of each: all four precisions stay at one, and the penalty alone takes ten per cent off.
# Now put the word back and change one in the middle. One wrong word in the middle of a sentence spoils four quadruples, so BLEU punishes scattered mistakes harder than the same number of mistakes in a row.

# %% [markdown]
# ## 7. Your translator learns
#
# "Four and twenty blackbirds, baked in a pie": there are two ways to say 24 in English, and nursery rhymes prefer the old one.
# Your translator reads the digits of a number and writes its words, as they are said by somebody who puts the ones first with probability p.
# So 347 is "three hundred forty seven" or "three hundred seven and forty". Which of the two comes next cannot be foreseen,
# and it costs even the best model $-p \log_2 p - (1-p) \log_2 (1-p)$ bits for each number. That is the **floor**; everything else about the words follows from the digits.
# Notice that this is a real translation: the order of the words changes, and the lengths of the two sides do not tell each other.
#
# The network is yours: `encode` reads, `decode` below runs over the right words, `attend` lets each decoder state $d_t$ ask the encoder's states,
# which serve as keys and as values, and the readout sees both, $U\,[d_t ; c_t] + c$ with U of shape (Kt, 2H).
# The backward passes of the two vanilla networks are given, because you have written them before. What you write is what joins the pieces, and the loop.
#
# Draw the graph of the computation before you write the first line, and follow each arrow backward: where one array is used twice, two gradients add.
# `seq2seq_nll` has shown you the loss; take its mean over the real symbols of the mini-batch.
#
# - `src` (4, N), `lengths` (N,), `tgt` (8, N) and `mask` (8, N) are the pairs, as in exercises 1 and 2.
# - `cfg` is {"digits": 10, "words": 21, "embedding": 16, "units": 32, "pairs": 32, "updates": 1000, "rate": 0.01}. These numbers work with Adam whose rate falls to zero over the second half of the updates. Plain steps of rate 3, twice as many, with the same fall at the end, do even better; any optimiser is welcome.
# - Start with random matrices of standard deviation one over the root of their second size, with biases of zero, and with $\tau = \sqrt H$.
# - Return a dict with all keys of the table at the top, where U is (Kt, 2H), and `tau`, a positive number. The check scores new numbers with a forward pass of its own.
# - `watch` is None or a function: call `watch(update, bits)` now and then with the loss in bits per word, and you will see it fall.
# - You pass with at most 0.045 bits per word above the source itself on new pairs. With the numbers above the right gradient gets to about 0.02 bits; a network that cannot look back at the digits stays near 0.2, and one whose encoder misses a part of its gradient near 0.1. A thousand updates take one or two seconds; the check waits for 30.
#
# *Reread: "Encoder and decoder", equation seq2seq-nll, and "Attention", the section "The backward pass".*


# %% given="networks"
def encode_backward(dhs, dh, src, lengths, hs, P):
    """The gradients of S, V_e, W_e, b_e. dhs: (T, B, H) on all states of `encode`, hs; dh: (B, H) on the last one."""
    grads = {name: np.zeros_like(P[name]) for name in ("S", "V_e", "W_e", "b_e")}
    for t in reversed(range(len(src))):
        before = hs[t - 1] if t else np.zeros_like(dh)
        real = (t < lengths)[:, None]
        dh = dh + dhs[t]
        dz = np.where(real, dh * (1 - hs[t] ** 2), 0)
        dh = np.where(real, dz @ P["W_e"], dh)
        _add(grads, "S", "V_e", "W_e", "b_e", dz, src[t], before, P)
    return grads


def decode(h, tgt, P):
    """The decoder's states (T, B, H), from the state h on, over the right symbols."""
    read = np.vstack([np.full((1, tgt.shape[1]), len(P["Y"]) - 1), tgt[:-1]])
    states = []
    for ids in read:
        h = np.tanh(P["Y"][ids] @ P["V_d"].T + h @ P["W_d"].T + P["b_d"])
        states.append(h)
    return np.stack(states)


def decode_backward(dstates, h, tgt, states, P):
    """The gradient on h, and those of Y, V_d, W_d, b_d. dstates: (T, B, H) on the states of `decode`."""
    read = np.vstack([np.full((1, tgt.shape[1]), len(P["Y"]) - 1), tgt[:-1]])
    grads = {name: np.zeros_like(P[name]) for name in ("Y", "V_d", "W_d", "b_d")}
    dh = np.zeros_like(h)
    for t in reversed(range(len(tgt))):
        dz = (dstates[t] + dh) * (1 - states[t] ** 2)
        dh = dz @ P["W_d"]
        _add(grads, "Y", "V_d", "W_d", "b_d", dz, read[t], states[t - 1] if t else h, P)
    return dh, grads


def _add(grads, E, V, W, b, dz, ids, before, P):
    np.add.at(grads[E], ids, dz @ P[V])
    grads[V] += dz.T @ P[E][ids]
    grads[W] += dz.T @ before
    grads[b] += dz.sum(axis=0)


# %% [markdown] hints="train_translator"
# Begin with the forward pass alone, and print the loss of random weights: it must be close to $\log_2 21 = 4.4$ bits per word. Then write the loop of assignment 2 around it.
# ***
# Draw the graph. Which arrays have two arrows leaving them? The encoder's states are keys and values. The decoder's states go into the readout and are the queries. The encoder's last state is also the decoder's first.
# ***
# Go backward in this order: logits, readout (its gradient has two halves), `attention_backward`, `decode_backward` on the sum of what its states received, `encode_backward` on the sum of what its states received and on what came from the decoder's first state. Divide by the number of real words of the mini-batch, once, at the logits.


# %% exercise="train_translator" level="build" minutes=60
def train_translator(src, lengths, tgt, mask, cfg, rng, watch=None):
    """A translator with attention that learns to say numbers in words, by your own gradients.

    Equation: seq2seq-nll, attention-temperature
    src: (Ts, N), lengths: (N,), tgt and mask: (Tt, N). cfg: a dict of numbers, see above. rng: a Generator.
    watch: None or a function.
    """
    ### BEGIN SOLUTION
    Ks, Kt, D, H = (cfg[name] for name in ("digits", "words", "embedding", "units"))
    shapes = {
        "S": (Ks, D),
        "V_e": (H, D),
        "W_e": (H, H),
        "Y": (Kt + 1, D),
        "V_d": (H, D),
        "W_d": (H, H),
        "U": (Kt, 2 * H),
    }
    P = {name: rng.normal(size=shape) / np.sqrt(shape[1]) for name, shape in shapes.items()}
    P |= {"b_e": np.zeros(H), "b_d": np.zeros(H), "c": np.zeros(Kt), "tau": np.sqrt(H)}
    m, v = ({name: 0.0 * value for name, value in P.items()} for _ in range(2))
    for k in range(1, cfg["updates"] + 1):
        drawn = rng.integers(src.shape[1], size=cfg["pairs"])
        x, n, y, real = src[:, drawn], lengths[drawn], tgt[:, drawn], mask[:, drawn]
        hs, h = encode(x, n, P)
        states = decode(h, y, P)
        contexts, _, cache = attend(states, hs, hs, np.arange(len(x))[:, None] < n, P["tau"])
        both = np.concatenate([states, contexts], axis=-1)
        logits = both @ P["U"].T + P["c"]
        p = np.exp(logits - logits.max(axis=-1, keepdims=True))
        p /= p.sum(axis=-1, keepdims=True)
        right = np.eye(Kt)[y]
        dlogits = (p - right) * real[..., None] / real.sum()
        dboth = dlogits @ P["U"]
        dq, dkeys, dvalues, dtau = attention_backward(dboth[..., H:], cache)
        dh, grads = decode_backward(dboth[..., :H] + dq, h, y, states, P)
        grads |= encode_backward(dkeys + dvalues, dh, x, n, hs, P)
        grads |= {"U": np.einsum("tbk,tbh->kh", dlogits, both), "c": dlogits.sum(axis=(0, 1)), "tau": dtau}
        rate = cfg["rate"] * min(1, 2 - 2 * k / cfg["updates"])
        for name, g in grads.items():
            m[name] = 0.9 * m[name] + 0.1 * g
            v[name] = 0.99 * v[name] + 0.01 * g**2
            P[name] = P[name] - rate * m[name] / (1 - 0.9**k) / (np.sqrt(v[name] / (1 - 0.99**k)) + 1e-8)
        if watch is not None and k % 10 == 0:
            watch(k, -np.log2(np.sum(p * right, axis=-1)[real]).mean())
    return P
    ### END SOLUTION


# %% check="train_translator" points=3
check("train_translator", train_translator)

# %% [markdown] notice="train_translator"
# Five gradients that you derived by hand in different chapters have just worked together: softmax, attention, the temperature, and two backward passes through time.
# Your network did not learn a table: most of the four-digit numbers of the check were never in its training set. It says them because it has learned which digit to look at for which word.

# %% [markdown]
# Before you run the next cell, guess: when the loss has come down to the floor, what will a beam of two find for 347? And what for a beam of five?


# %% given="numbers"
WORDS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
]
WORDS += ["hundred", "thousand", "and", "EOS"]
HUNDRED, THOUSAND, AND, EOS, BOS = 17, 18, 19, 20, 21


def say(digits, old):
    """The words of a number of 2 to 4 digits, none of them 0 and the tens no 1. old: whether the ones come first."""
    *first, tens, ones = (int(digit) - 1 for digit in digits)
    words = [word for digit, unit in zip(first, (THOUSAND, HUNDRED)[-len(first) :]) for word in (digit, unit)]
    return [*words, *((ones, AND, tens + 8) if old else (tens + 8, ones)), EOS]


def pairs(n, p, rng):
    """Draw n numbers as digits (4, n), their lengths (n,), their words (8, n), and which of the words are real."""
    src, lengths = rng.integers(1, 10, size=(4, n)), rng.integers(2, 5, size=n)
    src[lengths - 2, np.arange(n)] = rng.integers(2, 10, size=n)
    tgt, mask = np.full((8, n), EOS), np.zeros((8, n), dtype=bool)
    for k, length in enumerate(lengths):
        said = say(src[:length, k], rng.random() < p)
        tgt[: len(said), k], mask[: len(said), k] = said, True
    return src, lengths, tgt, mask


# %%
p, rng = 0.3, np.random.default_rng(0)
src, lengths, tgt, mask = pairs(8000, p, rng)
bits = -p * np.log2(p) - (1 - p) * np.log2(1 - p)  # for each number, whatever its length
curve = Curve(floor=bits * mask.shape[1] / mask.sum(), title="Your translator, bits per word")
cfg = {"digits": 10, "words": 21, "embedding": 16, "units": 32, "pairs": 32, "updates": 1000, "rate": 0.01}
P = train_translator(src, lengths, tgt, mask, cfg, rng, watch=curve)
curve.draw()


# %% given="listen"
def listen(number, P, k=2):
    """Print what your beam finds for a number, and the weights of the attention along the best string."""
    digits = np.array([[int(digit)] for digit in str(number)])
    hs, h = encode(digits, np.array([len(digits)]), P)
    mask = np.ones((len(digits), 1), dtype=bool)

    def step(symbol, h):
        d = np.tanh(P["Y"][symbol] @ P["V_d"].T + h @ P["W_d"].T + P["b_d"])
        context, _, _ = attend(d[None, None], hs, hs, mask, P["tau"])
        logits = P["U"] @ np.concatenate([d, context[0, 0]]) + P["c"]
        return logits - np.logaddexp.reduce(logits), d

    found = beam(step, h[0], BOS, EOS, k, 0.0, 9)
    for symbols, score in found:
        print(f"{np.exp(score):6.3f}  {' '.join(WORDS[j] for j in symbols[:-1])}")
    best = np.array(found[0][0])[:, None]
    states = decode(h, best, P)
    for word, row in zip(best[:, 0], attend(states, hs, hs, mask, P["tau"])[1][0]):
        print(f"{WORDS[word]:>10}", "  ".join(f"{digit}: {w:.2f}" for digit, w in zip(str(number), row)))


# %%
listen(347, P)
listen(9624, P, k=5)

# %% [markdown]
# What you should notice now: a beam of two finds both ways to say the number, and hardly anything is left for all other strings.
# Nobody told the network that there are two ways, nor how often each is used. It is in the likelihood, and your beam makes it visible.
# The two probabilities should be 0.7 and 0.3. How close are they? Try a few numbers: for some they are near, and for others they are not,
# and now and then the rarer way even comes first. A mean of 0.02 bits per word above the floor leaves room for that.
# The places of a wider beam beyond the second hold strings that nobody says, and show what your network still wastes on them.
# Look at the weights, too: to write a word, the decoder looks at the digit of which it is made, or at a state that has just read it.
# Along with the words it has learned where to look, through gradients that you derived yourself.
