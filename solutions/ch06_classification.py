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
# # Assignment 6: many to one
#
# A whole sequence goes in and one answer comes out. In the first five exercises you build what stands between the states of a network and that answer:
# the padded batch, three ways to make one vector of many states, and the gradients that lead back from the vector to the states.
# In the last one you connect these parts to a GRU, and the whole learns to tell praise from blame in reviews where only the order of the words helps.
# You will know how good it can be at best, so you will know how good it is.
#
# Sizes: T time steps, B sequences, D inputs, H units. Time comes first. `lengths` is (B,), integers of at least 1, and T is at least the largest of them.
# Gradient arrays are called `dq` for dL/dq and have the shape of q. Use NumPy alone.

# %% given="imports"
import numpy as np

from autograder import Curve, bring, check


# %% given="lstm_forward"
def lstm_forward(x, P):
    """The outputs h_1 ... h_T of an LSTM from zero states. x: (T, B, D), P: V_i (H, D), W_i (H, H), b_i (H,), and so on."""
    h = C = np.zeros((x.shape[1], len(P["b_i"])))
    hs = []
    for x_t in x:
        a = {q: x_t @ P["V_" + q].T + h @ P["W_" + q].T + P["b_" + q] for q in "ifgo"}
        i, f, o = (0.5 * (1 + np.tanh(0.5 * a[q])) for q in "ifo")
        C = f * C + i * np.tanh(a["g"])
        h = o * np.tanh(C)
        hs.append(h)
    return np.stack(hs)


# %% [markdown]
# ## 1. A padded batch
#
# You have B sequences of integers, each an array (n,) with a length n of its own, and a network wants one array (T, B), where T is the longest length.
# Write each sequence into a column from the top, and fill the rest of the column with `pad`.
#
# *Reread: "From states to one vector", equation last-valid.*

# %% [markdown] hints="pad_batch"
# What shape does the batch have? Both of its sizes can be read off `seqs` before a single number has been copied.
# ***
# Begin with an array of that shape which holds nothing but `pad`. Then only the valid entries are left to write.
# ***
# Sequence b fills the first n rows of column b, where n is its length: one assignment to a slice for each sequence.


# %% exercise="pad_batch" level="build" minutes=10
def pad_batch(seqs, pad):
    """One array for sequences of different lengths.

    Equation: last-valid
    seqs: a list of B arrays of integers, each at least 1 long. pad: an integer.
    """
    ### BEGIN SOLUTION
    lengths = np.array([len(seq) for seq in seqs])
    ids = np.full((lengths.max(), len(seqs)), pad)
    for b, seq in enumerate(seqs):
        ids[: len(seq), b] = seq
    return ids, lengths
    ### END SOLUTION


# %% check="pad_batch" points=2
check("pad_batch", pad_batch)

# %% [markdown] notice="pad_batch"
# The lengths are half of the result. Without them nobody can tell a padded word from a real word that happens to have the same number,
# and every exercise from here on takes them as an argument. What share of your batch was padding? With lengths spread evenly from 5 to 50
# and batches of 32 drawn at random it is more than two fifths, which is why large programs sort sequences by length before they cut batches.

# %% [markdown]
# ## 2. The last valid state, and back
#
# $$\bar h = h_n, \qquad dh_t = \begin{cases} d\bar h & t = n \\ 0 & \text{else} \end{cases}$$
#
# Here n is the length of the sequence itself, and $h_1$ is `hs[0]`. T may be larger than every length.
# Write both directions: `last_valid` picks the state, and `last_valid_backward` sends the gradient on it back to all T states.
#
# *Reread: "From states to one vector", equation last-valid.*

# %% [markdown] hints="last_valid_backward"
# Each sequence has its own n. Which two numbers say where its last valid state stands in `hs`, if steps are counted from 0?
# ***
# NumPy takes a pair of index arrays of shape (B,), one for the axis of time and one for the batch, and picks B places at once.
# ***
# Backward, the same B places are written instead of read; all other entries of an array of shape (T, B, H) are zero.


# %% exercise="last_valid_backward" level="build" minutes=10
def last_valid(hs, lengths):
    """The state after the last valid step of each sequence. hs: (T, B, H), lengths: (B,). Returns (B, H)."""
    ### BEGIN SOLUTION
    return hs[lengths - 1, np.arange(len(lengths))]
    ### END SOLUTION


def last_valid_backward(dlast, lengths, T):
    """The gradient on all states, from that on the last valid ones.

    Equation: last-valid
    dlast: (B, H), lengths: (B,), T: steps of the batch, at least the longest length.
    """
    ### BEGIN SOLUTION
    B, H = dlast.shape
    dhs = np.zeros((T, B, H))
    dhs[lengths - 1, np.arange(B)] = dlast
    return dhs
    ### END SOLUTION


# %% check="last_valid_backward" points=3
check("last_valid_backward", last_valid, last_valid_backward)

# %% [markdown] notice="last_valid_backward"
# Reading at some places and writing at the same places are each other's transpose, and this is true of every gather: its backward pass is a scatter.
# Notice also what `dhs` looks like: for a review of 13 words, 12 of 13 rows are zero. Whatever the first word should learn has to
# come back through twelve steps of the cell. The next two poolings give every step a share at once.

# %% [markdown]
# ## 3. The mean over valid steps
#
# $$\bar h = \frac1n \sum_{t=1}^{n} h_t$$
#
# What stands in the padding must not matter, even if it is infinite or NaN.
#
# *Reread: "From states to one vector", equation pool-mean.*

# %% [markdown] hints="masked_mean"
# Which entries of a (T, B) array of step numbers are valid? One comparison with `lengths` gives all of them.
# ***
# To multiply padding by zero is not enough, because zero times infinity is NaN. Which NumPy function chooses between two arrays instead of multiplying them?
# ***
# After the sum over time each row has a divisor of its own. Give it the shape that broadcasts against (B, H).


# %% exercise="masked_mean" level="build" minutes=10
def masked_mean(hs, lengths):
    """The mean of each sequence's own states.

    Equation: pool-mean
    hs: (T, B, H), lengths: (B,).
    """
    ### BEGIN SOLUTION
    valid = np.arange(len(hs))[:, None] < lengths
    return np.where(valid[:, :, None], hs, 0).sum(axis=0) / lengths[:, None]
    ### END SOLUTION


# %% check="masked_mean" points=3
check("masked_mean", masked_mean)

# %% [markdown] notice="masked_mean"
# The mean is the right pooling when every step says a little, and a poor one when a single word decides: its share is 1/n.
# Compare `masked_mean(hs, lengths)` with `hs.mean(axis=0)` for a short sequence in a long batch. The second one shrinks towards
# the padding's value as the batch grows, so the same review would get another answer in another company.

# %% [markdown]
# ## 4. Both directions
#
# $$\bar h = \left[\overrightarrow{h}_n ; \overleftarrow{h}_1\right]$$
#
# The forward LSTM has the weights `P_f`, the backward one `P_b`. The backward one reads each sequence from its own end.
# So $\overleftarrow{h}_1$ is the state in which it has read $x_n, \ldots, x_1$, and no padding. `lstm_forward(x, P)` is given above.
#
# *Reread: "Both directions", equation bidirectional-encoding.*

# %% [markdown] hints="bilstm_encode"
# You need no backward LSTM. If the inputs are turned around, `lstm_forward` is one.
# ***
# Write down for a sequence of length 4 in a batch of 6 steps which step stands where after the turn. The two padded steps stay in place.
# ***
# Step t < n changes places with step n - 1 - t. In the turned order, at which step has the backward LSTM just read $x_1$?


# %% exercise="bilstm_encode" level="build" minutes=25
def bilstm_encode(x, lengths, P_f, P_b):
    """The two states that have read everything, side by side.

    Equation: bidirectional-encoding
    x: (T, B, D), lengths: (B,), P_f, P_b: weights as for lstm_forward.
    """
    ### BEGIN SOLUTION
    T, B, _ = x.shape
    columns = np.arange(B)
    steps = np.arange(T)[:, None]
    turned = x[np.where(steps < lengths, lengths - 1 - steps, steps), columns]
    forward, backward = lstm_forward(x, P_f), lstm_forward(turned, P_b)
    return np.concatenate([forward[lengths - 1, columns], backward[lengths - 1, columns]], axis=1)
    ### END SOLUTION


# %% check="bilstm_encode" points=4
check("bilstm_encode", bilstm_encode)

# %% [markdown] notice="bilstm_encode"
# In the turned order both networks end at step n - 1, so both halves are read at the same index, although they stand at opposite ends of the sentence.
# PyTorch does the same inside `pack_padded_sequence`, and without it, it reads your padding. Such an encoder knows the future of every word,
# and that is exactly why it may never be asked to predict the next one.

# %% [markdown]
# ## 5. A pooling that learns where to look
#
# The last state forgets and the mean dilutes. So let the network learn which steps matter: a vector $q$ of H numbers, a **learned query**, is compared with every state,
# and the states are averaged by how well they fit.
#
# $$s_t = q^\top h_t, \qquad w_t = \frac{e^{s_t}}{\sum_{r=1}^{n} e^{s_r}}, \qquad \bar h = \sum_{t=1}^{n} w_t h_t$$
#
# All sums run over the valid steps 1, …, n of the sequence, and the same $q$ serves all sequences of the batch.
# The book does not derive the backward pass of this pooling; you do. The loss reaches you as `dpooled`, its gradient on $\bar h$.
# Notice before you begin that a state reaches $\bar h$ by two roads: it is averaged, and it has a say in how much it counts.
#
# Return the gradients on `hs` and on `q`. The gradient on padded states is zero, and nothing that stands there may have an effect, infinity and NaN included.
#
# *Reread: "From states to one vector", equation pool-attention.*

# %% [markdown] hints="attention_pool_backward"
# Take one sequence and forget the padding. Begin at the end: $\bar h$ depends on the weights $w_t$ and on the states. What is $dw_t$, a single number, in terms of $d\bar h$ and $h_t$?
# ***
# Now the softmax. Moving one score moves all weights, because they add up to one: write $\partial w_r / \partial s_t$ for $r = t$ and for $r \ne t$, and sum over r with the weights $dw_r$. One sum is common to all t.
# ***
# The scores are products of q and $h_t$, so $ds_t$ goes to both. Then $dh_t$ has two terms, one for each road, and $dq$ is a sum over the steps and over the batch. Replace padding by zeros before you multiply anything with it.


# %% exercise="attention_pool_backward" level="derive" minutes=40
def attention_pool_backward(dpooled, hs, lengths, q):
    """The pooling by a learned query, backward.

    Equation: pool-attention
    dpooled: (B, H), the gradient on the pooled vectors. hs: (T, B, H), lengths: (B,), q: (H,).
    """
    ### BEGIN SOLUTION
    valid = np.arange(len(hs))[:, None] < lengths
    h = np.where(valid[:, :, None], hs, 0)
    s = np.where(valid, h @ q, -np.inf)
    w = np.exp(s - s.max(axis=0))
    w = w / w.sum(axis=0)
    dw = np.sum(h * dpooled, axis=2)
    ds = w * (dw - np.sum(w * dw, axis=0))
    dhs = w[:, :, None] * dpooled + ds[:, :, None] * q
    dq = np.sum(ds[:, :, None] * h, axis=(0, 1))
    return dhs, dq
    ### END SOLUTION


# %% check="attention_pool_backward" points=4
check("attention_pool_backward", attention_pool_backward)

# %% [markdown] notice="attention_pool_backward"
# Look at $dw_t - \sum_r w_r\,dw_r$: a step gains weight only if its state is *better than the weighted average* for the loss. If all states are equal, nothing is gained by looking elsewhere, and dq is zero.
# Add up your $ds_t$ over the steps of a sequence: the sum is zero, because a shift of all scores changes no weight.
# With q = 0 all weights are 1/n, so the mean of exercise 3 is where this pooling starts. In chapter 10 the query is a state of the decoder, and it changes at every word.

# %% [markdown]
# ## 6. Your classifier learns
#
# The reviews look like this: "the film is not bad but the plot is awful". The label is 1 where the film is praised, else 0. Words are integers, and which word has which number is a secret.
# Each label has been turned over with probability 1/20, so even somebody who understands every review is right in 95 % of cases, and pays
# $-0.95 \log_2 0.95 - 0.05 \log_2 0.05 = 0.286$ bits for each label. This is the **floor**. A coin pays 1 bit, and so does any bag of words. What lies between can only be won from the order of the words.
#
# The network is a GRU, pooled by your own `last_valid`. The inputs are one-hot vectors of the words, so that column k of V belongs to word k.
# The cell is that of assignment 5; if your notebook of that assignment lies beside this one and is right, the next two cells take your own functions, and say so.


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
# Now write the loop. Draw a mini-batch, run the cell, pool, read out the scores $s_b = U \bar h_b + c$, and then go all the way back.
# The loss is the mean over the sequences of the mini-batch of the cross-entropy; the book has it with its gradient on the scores.
# From there on you compose: the readout's gradients, your `last_valid_backward`, `gru_backward`, and a step of an optimiser. If exercise 2 is not right yet, mend it first.
#
# - `data` is `(ids, lengths, labels)`, of shapes (T, 4000), (4000,), (4000,). Beware: the reviews are sorted by their labels.
# - `cfg` is {"symbols": 11, "units": 12, "updates": 300, "batch": 32, "lr": 0.02}. With these numbers Adam gets there, beside the usual 0.9, 0.999 and 1e-8. Apart from `symbols` you may use others, and any optimiser is welcome.
# - Return a dict P with the keys of the cell, and U (2, H) and c (2,): row 0 for blame, row 1 for praise. The check runs them through a network of its own.
# - `watch` is None or a function: call `watch(update, bits)` now and then with the loss of the mini-batch in bits, and you will see it fall.
# - You pass with at most 0.15 bits above the floor, on average over all reviews that the source can write. The bound leaves room for another optimiser: our own loop comes to about 0.01, and whatever ignores the order of the words stays at 0.71. The 300 updates take less than a second; the check waits for 20.
# - All randomness must come from `rng`.
#
# *Reread: "A classifier and its best possible error", equation adam.*

# %% [markdown] hints="train_classifier"
# Reread the loss of a classifier on the page "A classifier and its best possible error". Its second line gives you the first gradient of the backward pass. Which array does it belong to, and what is its shape?
# ***
# List the arrays of the forward pass for one mini-batch in order, with their shapes: one-hot inputs, states, last states, scores, probabilities. Then write the gradients under them from right to left. Which function takes you from one to the next?
# ***
# The loss does not fall? Take a mini-batch of two reviews and compare one entry of each gradient with a finite difference. If it falls to 1 bit and stays there, ask whether a mini-batch holds both labels, and whether words and labels still belong together.


# %% exercise="train_classifier" level="build" minutes=45
def train_classifier(data, cfg, rng, watch=None):
    """A GRU that learns to tell praise from blame, by the gradient that you compose.

    Equation: adam
    data: (ids, lengths, labels), of shapes (T, N), (N,), (N,). cfg: a dict of numbers, see above. rng: a Generator.
    watch: None or a function.
    """
    ### BEGIN SOLUTION
    ids, lengths, labels = data
    H, K = cfg["units"], cfg["symbols"]
    P = {f"V_{g}": rng.normal(size=(H, K)) / 2 for g in "rzn"}
    P |= {f"W_{g}": rng.normal(size=(H, H)) / np.sqrt(H) for g in "rzn"}
    P |= {name: np.zeros(H) for name in ("b_r", "b_z", "b_in", "b_hn")}
    P |= {"U": rng.normal(size=(2, H)) / np.sqrt(H), "c": np.zeros(2)}
    m, v = ({name: np.zeros_like(value) for name, value in P.items()} for _ in range(2))
    for k in range(1, cfg["updates"] + 1):
        some = rng.integers(len(labels), size=cfg["batch"])
        n, y = lengths[some], np.eye(2)[labels[some]]
        hs, cache = gru_forward(np.eye(K)[ids[:, some]], np.zeros((len(some), H)), P)
        last = last_valid(hs, n)
        scores = last @ P["U"].T + P["c"]
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        ds = (p - y) / len(some)
        dhs = last_valid_backward(ds @ P["U"], n, len(hs))
        _, _, grads = gru_backward(dhs, cache)
        for name, g in {**grads, "U": ds.T @ last, "c": ds.sum(axis=0)}.items():
            m[name] = 0.9 * m[name] + 0.1 * g
            v[name] = 0.999 * v[name] + 0.001 * g * g
            P[name] = P[name] - cfg["lr"] * (m[name] / (1 - 0.9**k)) / (np.sqrt(v[name] / (1 - 0.999**k)) + 1e-8)
        if watch is not None and k % 5 == 0:
            watch(k, -np.log2(np.sum(p * y, axis=1)).mean())
    return P
    ### END SOLUTION


# %% check="train_classifier" points=4
check("train_classifier", train_classifier)

# %% [markdown] notice="train_classifier"
# Every number in the gradient that did this went through your hands: from the scores through the readout, through the gather of exercise 2, through the cell.
# And you know what hardly anybody knows of a classifier: how far it is from the best that is possible. On real reviews the same loop would stop somewhere, and nobody could tell you whether that is good.

# %% [markdown]
# Here is the same training with your eyes on it. Before you run the next two cells, guess: does the loss begin to fall at once, or does it wait at 1 bit for a while, and if so, for what?


# %% given="reviews"
def reviews(n, rng):
    """Draw n reviews: ids (T, n), lengths (n,) and labels (n,), of which one in twenty is turned over."""
    praised, ids, lengths = rng.random(n) < 0.5, np.zeros((13, n), int), np.zeros(n, int)
    for b in range(n):
        film_first, words = rng.random() < 0.5, []
        for film in (film_first, not film_first):
            good, negated, very = praised[b] == film, rng.random() < 0.5, rng.random() < 0.5
            adjective = (5 if good != negated else 7) + rng.integers(2)  # 5, 6: good, great; 7, 8: bad, awful
            words += [9] * bool(words) + [0, 1 if film else 2, 3] + [4] * negated + [10] * very + [adjective]
        ids[: len(words), b], lengths[b] = words, len(words)
    return ids, lengths, np.where(rng.random(n) < 0.05, ~praised, praised).astype(int)


# %%
curve = Curve(floor=-0.95 * np.log2(0.95) - 0.05 * np.log2(0.05), title="Your classifier, bits per label")
cfg = {"symbols": 11, "units": 12, "updates": 300, "batch": 32, "lr": 0.02}
weights = train_classifier(reviews(4000, np.random.default_rng(0)), cfg, np.random.default_rng(1), watch=curve)
curve.draw()

# %% [markdown]
# What you should notice now: with our own loop and the seeds of this cell, nothing seems to happen for some seventy-five updates. The loss stays at 1 bit, because
# every single word says nothing about the label, and so there is no small improvement to be had: "bad" is as often said of the plot as of the film.
# Only a state that holds *which* of the two was spoken of, while the adjective arrives, is of any use. Once it begins to, the loss falls to the floor within twenty updates.
#
# The points jitter around the dashed line, on both sides, since each is the loss of only 32 labels, and one turned label costs several bits. Only the mean over many reviews cannot lie below the floor.
# A long plateau followed by a quick fall is typical of tasks in which several things must be right at once. If you had stopped after fifty updates, you would have reported that a GRU cannot do this.
