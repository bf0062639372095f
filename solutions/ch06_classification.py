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
# You make a padded batch of sequences and one vector of each sequence's states, in a way that no padding can spoil.
# Then you train a classifier, and it is measured against the best that any classifier can be.
#
# Sizes: T steps, B sequences, D inputs, H units. Time comes first. `lengths` is (B,), integers of at least 1. Use NumPy alone.

# %% given="imports"
import numpy as np

from autograder import check


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
# Sequences of integers, each (n,) with n of its own, become one array (T, B): T is the longest length, sequence b stands in column b from the top, and `pad` fills the rest.
#
# *Reread: "From states to one vector", equation last-valid.*


# %% exercise="pad_batch"
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

# %% [markdown]
# ## 2. The last valid state
#
# $$\bar h = h_n$$
#
# n is the length of the sequence, and $h_1$ is `hs[0]`. T may be larger than every length.
#
# *Reread: "From states to one vector", equation last-valid.*


# %% exercise="last_valid"
def last_valid(hs, lengths):
    """The state after the last real step of each sequence.

    Equation: last-valid
    hs: (T, B, H), lengths: (B,).
    """
    ### BEGIN SOLUTION
    return hs[lengths - 1, np.arange(len(lengths))]
    ### END SOLUTION


# %% check="last_valid" points=3
check("last_valid", last_valid)

# %% [markdown]
# ## 3. And its gradient
#
# $$dh_t = \begin{cases} d\bar h & t = n \\ 0 & \text{else} \end{cases}$$
#
# *Reread: "From states to one vector", equation last-valid.*


# %% exercise="last_valid_backward"
def last_valid_backward(dout, lengths, T):
    """The gradient on all states, from that on the last valid ones.

    Equation: last-valid
    dout: (B, H), lengths: (B,), T: steps of the batch, at least the longest length.
    """
    ### BEGIN SOLUTION
    B, H = dout.shape
    dhs = np.zeros((T, B, H))
    dhs[lengths - 1, np.arange(B)] = dout
    return dhs
    ### END SOLUTION


# %% check="last_valid_backward" points=3
check("last_valid_backward", last_valid_backward)

# %% [markdown]
# ## 4. The mean over valid steps
#
# $$\bar h = \frac1n \sum_{t=1}^{n} h_t$$
#
# What stands in the padding must not matter, even if it is infinite or NaN.
#
# *Reread: "From states to one vector", equation pool-mean.*


# %% exercise="masked_mean"
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

# %% [markdown]
# ## 5. Both directions
#
# $$\bar h = \left[\overrightarrow{h}_n ; \overleftarrow{h}_1\right]$$
#
# The forward LSTM has the weights `P_f`, the backward one `P_b`. The backward one reads each sequence from its own end.
# So $\overleftarrow{h}_1$ is the state in which it has read $x_n, \ldots, x_1$, and no padding. `lstm_forward(x, P)` is given above.
#
# *Reread: "Both directions", equation bidirectional-encoding.*


# %% exercise="bilstm_encode"
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


# %% check="bilstm_encode" points=5
check("bilstm_encode", bilstm_encode)

# %% [markdown]
# ## 6. As good as can be
#
# Train a classifier of reviews such as "the film is not bad but the plot is awful": the label is 1 where the film is praised, else 0.
# Words are integers. Each label is turned over, at random, with a probability of 1/20. So 95 % is the best possible share of right labels, and any bag of words gets 50 %.
#
# The classifier is a GRU with its state pooled by `last_valid`, given below with its gradients: you write the training.
# The loss is the mean over sequences of the cross-entropy, and
#
# $$ds_b = \frac1B \left( \operatorname{softmax}(s_b) - e_{y_b} \right)$$
#
# with the scores $s_b$ of sequence b of a batch of B, its label $y_b$, and a one-hot vector $e$.
#
# The data are sorted by their labels. `cfg` holds numbers with which Adam gets there: `symbols`, the number of different words; `units`, the H of `gru_scores`; `updates`, each on `batch` sequences; and `lr`, Adam's learning rate, beside the usual 0.9, 0.999 and 1e-8. Apart from `symbols` you may use others, and another optimiser.
# Return P, with which `gru_scores` gives K = 2 scores, for the labels 0 and 1. A new review gets the label of the larger score, and at least 92 % of them must be right. The training may take 30 seconds; one is enough.
# All randomness must come from `rng`. What you return is scored by the course's own `gru_scores`: what you define again changes nothing.
#
# *Reread: "A classifier and its best possible error", equation adam.*


# %% given="gru_scores"
def gru_scores(ids, lengths, P):
    """The scores of K classes from the last valid state of a GRU.

    ids: (T, B), lengths: (B,). P: E (symbols, 3H), the input part of the gates r, z, n for each symbol; W (3H, H);
    b (3H,); U (K, H); c (K,). Returns (scores, cache): (B, K), and what the way back needs.
    """
    H = P["W"].shape[1]
    h, steps = np.zeros((ids.shape[1], H)), []
    for t, a in enumerate(P["E"][ids] + P["b"]):
        u = h @ P["W"].T
        r, z = (0.5 * (1 + np.tanh(0.5 * (a[:, k : k + H] + u[:, k : k + H]))) for k in (0, H))
        n = np.tanh(a[:, 2 * H :] + r * u[:, 2 * H :])
        live = (t < lengths)[:, None]
        steps.append((h, u, r, z, n, live))
        h = np.where(live, z * h + (1 - z) * n, h)
    return h @ P["U"].T + P["c"], (ids, h, steps, P)


# %% given="gru_gradients"
def gru_gradients(dscores, cache):
    """The gradients on all of P from that on the scores, (B, K). Returns a dict with the keys and shapes of P."""
    ids, last, steps, P = cache
    H = P["W"].shape[1]
    dP = {name: np.zeros_like(value) for name, value in P.items()}
    dP["U"], dP["c"] = dscores.T @ last, dscores.sum(axis=0)
    dh = dscores @ P["U"]
    for t in reversed(range(len(steps))):
        h, u, r, z, n, live = steps[t]
        dn = (1 - z) * dh * (1 - n * n)
        dr, dz = dn * u[:, 2 * H :] * r * (1 - r), dh * (h - n) * z * (1 - z)
        da = np.where(live, np.concatenate([dr, dz, dn], axis=1), 0)
        du = np.where(live, np.concatenate([dr, dz, dn * r], axis=1), 0)
        np.add.at(dP["E"], ids[t], da)
        dP["b"] += da.sum(axis=0)
        dP["W"] += du.T @ h
        dh = np.where(live, z * dh, dh) + du @ P["W"]
    return dP


# %% exercise="train_classifier"
def train_classifier(data, cfg, rng):
    """A classifier from labelled reviews.

    Equation: adam
    data: (ids, lengths, labels), of shapes (T, N), (N,), (N,). cfg: a dict of numbers, see above. rng: a Generator.
    """
    ### BEGIN SOLUTION
    ids, lengths, labels = data
    H, K = cfg["units"], cfg["symbols"]
    P = {
        "E": rng.normal(size=(K, 3 * H)) / 2,
        "W": rng.normal(size=(3 * H, H)) / np.sqrt(H),
        "b": np.zeros(3 * H),
        "U": rng.normal(size=(2, H)) / np.sqrt(H),
        "c": np.zeros(2),
    }
    m, v = ({name: np.zeros_like(value) for name, value in P.items()} for _ in range(2))
    for k in range(1, cfg["updates"] + 1):
        some = rng.integers(len(labels), size=cfg["batch"])
        scores, cache = gru_scores(ids[:, some], lengths[some], P)
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        p[np.arange(len(some)), labels[some]] -= 1
        for name, g in gru_gradients(p / len(some), cache).items():
            m[name] = 0.9 * m[name] + 0.1 * g
            v[name] = 0.999 * v[name] + 0.001 * g * g
            P[name] = P[name] - cfg["lr"] * (m[name] / (1 - 0.9**k)) / (np.sqrt(v[name] / (1 - 0.999**k)) + 1e-8)
    return P
    ### END SOLUTION


# %% check="train_classifier" points=4
check("train_classifier", gru_scores, gru_gradients, train_classifier)
