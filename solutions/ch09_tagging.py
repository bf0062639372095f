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
# # Assignment 9: a label for each word
#
# You write a tagger that reads from both ends, its loss with the gradient, and the two classical algorithms that say how good any tagger can be.
#
# Sizes: T steps, B sequences, K tags. Time comes first. Use NumPy alone.

# %% given="imports"
import numpy as np

from autograder import check


# %% given="rnn_forward"
def rnn_forward(x, V, W, b):
    """The states h_1 ... h_T of a tanh network from zero. x: (T, B, D), V: (H, D), W: (H, H), b: (H,)."""
    h, hs = np.zeros((x.shape[1], len(b))), []
    for x_t in x:
        h = np.tanh(x_t @ V.T + h @ W.T + b)
        hs.append(h)
    return np.stack(hs)


# %% [markdown]
# ## 1. Scores
#
# $$s_t = U \left[\overrightarrow h_t ; \overleftarrow h_t\right] + c$$
#
# `P` holds the embeddings `E` (words, D), the weights `V_f`, `W_f`, `b_f` of the forward network and `V_b`, `W_b`, `b_b` of the backward one,
# `U` (K, 2H) and `c` (K,). The backward network reads each sentence from its own end, and $\overleftarrow h_t$ is its state after it has read word t. `rnn_forward` is given above.
# What you return at padding does not matter.
#
# *Reread: "A label for each token", equation tag-scores.*


# %% exercise="tag_scores"
def tag_scores(ids, lengths, P):
    """Scores of all tags at every word.

    Equation: tag-scores
    ids: (T, B) integers, padded, lengths: (B,), at least 1 each.
    """
    ### BEGIN SOLUTION
    x = P["E"][ids]
    steps, columns = np.arange(len(ids))[:, None], np.arange(len(lengths))
    turn = np.where(steps < lengths, lengths - 1 - steps, steps)
    forward = rnn_forward(x, P["V_f"], P["W_f"], P["b_f"])
    backward = rnn_forward(x[turn, columns], P["V_b"], P["W_b"], P["b_b"])[turn, columns]
    return np.concatenate([forward, backward], axis=2) @ P["U"].T + P["c"]
    ### END SOLUTION


# %% check="tag_scores" points=4
check("tag_scores", tag_scores)

# %% [markdown]
# ## 2. The loss and its gradient
#
# $$L = -\sum_{t,b} m_{t,b} \log p_{t,b,y_{t,b}}, \qquad ds_{t,b} = m_{t,b} \left(p_{t,b} - e_{y_{t,b}}\right)$$
#
# m is the mask, 1 at real words and 0 at padding; p is the softmax of the scores; $e$ is a one-hot vector.
# The loss is a sum; so the gradient is that of the sum, not of a mean. It must hold for large scores. Without any real word the loss is 0.
#
# *Reread: "A label for each token", equation tag-loss.*


# %% exercise="masked_token_loss"
def masked_token_loss(scores, tags, mask):
    """The cross-entropy of all real words, their number, and the gradient on the scores.

    Equation: tag-loss
    scores: (T, B, K), tags: (T, B) integers, mask: (T, B) booleans.
    """
    ### BEGIN SOLUTION
    shifted = scores - scores.max(axis=-1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    hot = np.eye(scores.shape[-1])[tags] * mask[:, :, None]
    dscores = np.exp(logp) * mask[:, :, None] - hot
    return -(hot * logp).sum(), int(mask.sum()), dscores
    ### END SOLUTION


# %% check="masked_token_loss" points=4
check("masked_token_loss", masked_token_loss)

# %% [markdown]
# ## 4. The best tagger
#
# Tags follow a Markov chain, first `pi` (K,), then `A[j, k]` from tag j to tag k; tag k emits word w with probability `B[k, w]`.
#
# $$P(\text{tag}_t = k \mid x) = \frac{\alpha_t(k)\, \beta_t(k)}{\sum_j \alpha_t(j)\, \beta_t(j)}$$
#
# with $\alpha_t(k) = P(x_1 \dots x_t, \text{tag}_t = k)$ and $\beta_t(k) = P(x_{t+1} \dots x_T \mid \text{tag}_t = k)$.
# Some probabilities may be 0, but never that of the whole string. It must hold for strings of hundreds of words.
#
# *Reread: "The best possible tagger", equation hmm-posterior.*


# %% exercise="hmm_posterior"
def hmm_posterior(x, pi, A, B):
    """The probability of each tag at each place, given all words.

    Equation: hmm-posterior
    x: (T,) integers, pi: (K,), A: (K, K), B: (K, M).
    """
    ### BEGIN SOLUTION
    T, K = len(x), len(pi)
    alpha, beta = np.zeros((T, K)), np.ones((T, K))
    ahead = pi
    for t in range(T):
        alpha[t] = ahead * B[:, x[t]]
        alpha[t] /= alpha[t].sum()
        ahead = alpha[t] @ A
    for t in range(T - 2, -1, -1):
        beta[t] = A @ (B[:, x[t + 1]] * beta[t + 1])
        beta[t] /= beta[t].sum()
    both = alpha * beta
    return both / both.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% check="hmm_posterior" points=5
check("hmm_posterior", hmm_posterior)

# %% [markdown]
# ## 5. The best sequence
#
# $$\hat k_{1:T} = \arg\max_{k_1 \dots k_T} P(k_1 \dots k_T \mid x)$$
#
# If several sequences are equally probable, any of them is right. It must hold for strings of hundreds of words.
#
# *Reread: "The best possible tagger", equation viterbi.*


# %% exercise="viterbi"
def viterbi(x, pi, A, B):
    """The most probable sequence of tags, given all words.

    Equation: viterbi
    x: (T,) integers, pi: (K,), A: (K, K), B: (K, M), all of them positive.
    """
    ### BEGIN SOLUTION
    score, back = np.log(pi) + np.log(B[:, x[0]]), []
    for word in x[1:]:
        ways = score[:, None] + np.log(A)
        back.append(ways.argmax(axis=0))
        score = ways.max(axis=0) + np.log(B[:, word])
    path = [int(score.argmax())]
    for best in back[::-1]:
        path.append(int(best[path[-1]]))
    return np.array(path[::-1])
    ### END SOLUTION


# %% check="viterbi" points=4
check("viterbi", viterbi)

# %% [markdown]
# ## 5


# %% exercise="crf_nll" level="derive" minutes=45
def crf_nll(scores, R, tags):
    """The negative log-likelihood of a sequence of tags, and its gradients.

    Equation: crf-chain
    scores: (T, K), R: (K, K), R[j, k] for tag k after tag j, tags: (T,) integers.
    """
    ### BEGIN SOLUTION
    T, K = scores.shape
    left, right = np.zeros((T, K)), np.zeros((T, K))
    left[0] = scores[0]
    for t in range(1, T):
        left[t] = scores[t] + np.logaddexp.reduce(left[t - 1][:, None] + R, axis=0)
    for t in range(T - 2, -1, -1):
        right[t] = np.logaddexp.reduce(R + scores[t + 1] + right[t + 1], axis=1)
    log_Z = np.logaddexp.reduce(left[-1])
    dscores, dR = np.exp(left + right - log_Z), np.zeros((K, K))
    for t in range(1, T):
        dR += np.exp(left[t - 1][:, None] + R + scores[t] + right[t] - log_Z)
    own = scores[np.arange(T), tags].sum() + R[tags[:-1], tags[1:]].sum()
    dscores[np.arange(T), tags] -= 1
    np.add.at(dR, (tags[:-1], tags[1:]), -1)
    return log_Z - own, dscores, dR
    ### END SOLUTION


# %% check="crf_nll" points=4
check("crf_nll", crf_nll)

# %% [markdown]
# ## 6


# %% given="tag_gradients"
def tag_gradients(dscores, ids, lengths, P):
    """The gradients on all of P from that on the scores.

    dscores: (T, B, K), zero at padding; ids and lengths as for tag_scores. Returns a dict with the keys and shapes of P.
    """
    steps, columns = np.arange(len(ids))[:, None], np.arange(len(lengths))
    turn = np.where(steps < lengths, lengths - 1 - steps, steps)
    H, dP, states = len(P["b_f"]), {"E": np.zeros_like(P["E"])}, []
    for end, order in (("f", steps), ("b", turn)):
        words = ids[order, columns]
        x = P["E"][words]
        hs = rnn_forward(x, P["V_" + end], P["W_" + end], P["b_" + end])
        dhs = (dscores @ P["U"][:, :H] if end == "f" else dscores @ P["U"][:, H:])[order, columns]
        dz, back = np.empty_like(hs), 0
        for t in reversed(range(len(hs))):
            dz[t] = (1 - hs[t] ** 2) * (dhs[t] + back)
            back = dz[t] @ P["W_" + end]
        dP["V_" + end] = np.einsum("tbh,tbd->hd", dz, x)
        dP["W_" + end] = np.einsum("tbh,tbk->hk", dz[1:], hs[:-1])
        dP["b_" + end] = dz.sum(axis=(0, 1))
        np.add.at(dP["E"], words, dz @ P["V_" + end])
        states.append(hs[order, columns])
    dP["U"] = np.einsum("tbk,tbh->kh", dscores, np.concatenate(states, axis=2))
    dP["c"] = dscores.sum(axis=(0, 1))
    return dP


# %% exercise="train_tagger" level="build" minutes=30
def train_tagger(data, cfg, rng, watch=None):
    """A tagger that reads from both ends, trained by your own loss.

    Equation: tag-loss
    data: (ids, lengths, tags), of shapes (T, N), (N,), (T, N). cfg: a dict of numbers, see above. rng: a Generator.
    watch: None or a function.
    """
    ### BEGIN SOLUTION
    ids, lengths, tags = data
    M, K, D, H, B = (cfg[name] for name in ("words", "tags", "embedding", "units", "sentences"))
    P = {"E": rng.normal(size=(M, D)), "U": rng.normal(size=(K, 2 * H)) / np.sqrt(2 * H), "c": np.zeros(K)}
    for end in "fb":
        P["V_" + end] = rng.normal(size=(H, D)) / np.sqrt(D)
        P["W_" + end] = 0.5 * rng.normal(size=(H, H)) / np.sqrt(H)
        P["b_" + end] = np.zeros(H)
    velocity = {name: np.zeros_like(value) for name, value in P.items()}
    for k in range(cfg["updates"]):
        some = rng.integers(len(lengths), size=B)
        x, n, y = ids[:, some], lengths[some], tags[:, some]
        mask = np.arange(len(x))[:, None] < n
        total, count, dscores = masked_token_loss(tag_scores(x, n, P), y, mask)
        for name, g in tag_gradients(dscores / count, x, n, P).items():
            velocity[name] = 0.9 * velocity[name] + g
            P[name] = P[name] - cfg["rate"] * velocity[name]
        if watch is not None and k % 10 == 0:
            watch(k, total / count / np.log(2))
    return P
    ### END SOLUTION


# %% check="train_tagger" points=3
check("train_tagger", train_tagger)
