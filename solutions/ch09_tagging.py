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
# Then you derive what lies between the two, a network whose tags know of each other. At the end your tagger learns a small language, and you compare it with the best possible one.
#
# Sizes: T steps, B sequences, K tags. Time comes first. Use NumPy alone.

# %% given="imports"
import numpy as np

from autograder import Curve, check


# %% given="rnn_forward"
def rnn_forward(x, V, W, b):
    """The states h_1 ... h_T of a tanh network from zero. x: (T, B, D), V: (H, D), W: (H, H), b: (H,)."""
    h, hs = np.zeros((x.shape[1], len(b))), []
    for x_t in x:
        h = np.tanh(x_t @ V.T + h @ W.T + b)
        hs.append(h)
    return np.stack(hs)


# %% [markdown]
# ## 1. Scores from both sides
#
# $$s_t = U \left[\overrightarrow h_t ; \overleftarrow h_t\right] + c$$
#
# `P` holds the embeddings `E` (words, D), the weights `V_f`, `W_f`, `b_f` of the forward network and `V_b`, `W_b`, `b_b` of the backward one,
# `U` (K, 2H) and `c` (K,). The backward network reads each sentence from its own end, and $\overleftarrow h_t$ is its state after it has read word t. `rnn_forward` is given above.
# What you return at padding does not matter.
#
# *Reread: "A label for each token", equation tag-scores.*

# %% [markdown] hints="tag_scores"
# Sketch a batch of two sentences, "a b c" and "d e" with one place of padding. Which words does the backward network read, in which order, for each of them? And at which place must its first state end up?
# ***
# Turning the whole batch around puts the padding first, and a network that has read padding is no longer where it began. Each sentence must be turned within its own length.
# ***
# Make an array of indices (T, B): at the real places of a sentence of n words it holds n - 1, n - 2, ..., 0, at padding anything. Index with it once to turn the words, and once more to turn the states back.


# %% exercise="tag_scores" level="build" minutes=25
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


# %% check="tag_scores" points=3
check("tag_scores", tag_scores)

# %% [markdown] notice="tag_scores"
# What you should notice now: one array of indices turned the words and turned the states back, because to turn twice is to do nothing.
# And see what each half knows: at the first word the forward state has read one word and the backward state has read all, at the last word it is the other way round. No word is labelled by a state that has read the whole sentence; only the pair has.

# %% [markdown]
# ## 2. The loss and its gradient
#
# $$L = -\sum_{t,b} m_{t,b} \log p_{t,b,y_{t,b}}, \qquad ds_{t,b} = m_{t,b} \left(p_{t,b} - e_{y_{t,b}}\right)$$
#
# Here m is the mask, 1 at real words and 0 at padding; p is the softmax of the scores; and $e$ is a one-hot vector.
# The loss is a sum, so the gradient is that of the sum, not of a mean. Both must hold for large scores. Without any real word the loss is 0.
#
# *Reread: "A label for each token", equation tag-loss.*

# %% [markdown] hints="masked_token_loss"
# The loss and the gradient need the same array, the logarithms of the softmax. Compute it once.
# ***
# A score of 5000 has no exponential. What may you subtract from all K scores of a word without changing its probabilities?
# ***
# Make a one-hot array (T, B, K) of the tags and set it to zero at padding. The loss is minus the sum of its product with the logarithms; the gradient is the masked probabilities minus it.


# %% exercise="masked_token_loss" level="build" minutes=20
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


# %% check="masked_token_loss" points=3
check("masked_token_loss", masked_token_loss)

# %% [markdown] notice="masked_token_loss"
# What you should notice now: at each word the K entries of the gradient add up to zero, so whatever is added to one score is taken from the others. The gradient is also never longer than $\sqrt 2$, however wrong the network is: a surprised softmax does not shout.
# And you returned a sum and a count. Two batches together have the sum of the sums and the sum of the counts; their means cannot be put together without the counts.

# %% [markdown]
# ## 3. The best possible tagger
#
# Tags follow a Markov chain: the first one is drawn from `pi` (K,), and after tag j comes tag k with probability `A[j, k]`. Tag k emits word w with probability `B[k, w]`. If all three are known, the probability of each tag can be computed exactly:
#
# $$P(\text{tag}_t = k \mid x) = \frac{\alpha_t(k)\, \beta_t(k)}{\sum_j \alpha_t(j)\, \beta_t(j)}$$
#
# with $\alpha_t(k) = P(x_1 \dots x_t, \text{tag}_t = k)$ and $\beta_t(k) = P(x_{t+1} \dots x_T \mid \text{tag}_t = k)$.
# Some probabilities may be 0, but never that of the whole string. Your function must hold for strings of hundreds of words.
#
# *Reread: "The best possible tagger", equation hmm-posterior.*

# %% [markdown] hints="hmm_posterior"
# Steps 1 to 4 under "Forward and backward" are two loops, one over increasing and one over decreasing t. Write them for three words before you think of three hundred.
# ***
# Both loops are products of a row or a column with `A`. Which side does `A` stand on in each? The sum runs over the tag that you come from in one, over the tag that you go to in the other.
# ***
# Divide $\alpha_t$ by its sum at every step, and $\beta_t$ by its own. The factors cancel in the quotient, so you need not remember them.


# %% exercise="hmm_posterior" level="build" minutes=30
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


# %% check="hmm_posterior" points=4
check("hmm_posterior", hmm_posterior)

# %% [markdown] notice="hmm_posterior"
# What you should notice now: this is a bidirectional network with nothing to learn. $\alpha_t$ is a state that has read from the left, $\beta_t$ one that has read from the right, and a readout joins them. In section 6 a tanh network has to find out on its own what stands here in two lines.
# Where it differs is the readout: it multiplies the two sides, and your tagger adds them. That is no loss, since the scores of a softmax are logarithms.

# %% [markdown]
# ## 4. The best sequence
#
# $$\hat k_{1:T} = \arg\max_{k_1 \dots k_T} P(k_1 \dots k_T \mid x)$$
#
# If several sequences are equally probable, any of them is right. Your function must hold for strings of hundreds of words.
#
# *Reread: "The best possible tagger", equation viterbi.*

# %% [markdown] hints="viterbi"
# Do the example of the page by hand, with three tags and two steps: write down, for each tag at the second step, the best tag before it. That table is what you have to remember.
# ***
# Add logarithms. At each step make a table with a row for the tag that you come from and a column for the one that you go to; you need its largest entries along one axis, and where they are.
# ***
# Keep the places of the maxima of every step in a list. At the end take the best last tag, then walk through the list from its end: each entry says which tag came before. What you collect is in the wrong order.


# %% exercise="viterbi" level="build" minutes=25
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


# %% check="viterbi" points=3
check("viterbi", viterbi)

# %% [markdown] notice="viterbi"
# What you should notice now: the function is the forward pass of section 3 with a maximum where the sum was, and the walk from the end is its backward pass. The derivative of a maximum is 1 for the entry that won and 0 for the others, so "which tag came before" is a gradient. Section 5 has a soft maximum in its place, and asks for that gradient, too.

# %% [markdown]
# ## 5. Tags that know of each other
#
# A tagger labels every word alone. If the scores say that "can" may be a noun or a verb, and that "fish" may be the same, nothing prevents it from calling both of them nouns, even if no two nouns ever meet.
# The page ends with a model that prevents it: beside the scores `scores[t, k]` of a network there is a matrix `R`, whose entry `R[j, k]` is the score of tag k after tag j, and a whole sequence of tags has the probability
#
# $$P(k_{1:T} \mid x) = \frac1Z \exp\Big( \sum_{t=1}^{T} s_t(k_t) + \sum_{t=2}^{T} R_{k_{t-1} k_t} \Big)$$
#
# where Z is the sum of these exponentials over all $K^T$ sequences. The entries of R are any numbers, no probabilities.
#
# You are given one sentence and its true tags. Return $-\log P(\text{tags} \mid x)$, its gradient on the scores and its gradient on R. Neither the algorithm for Z nor a gradient is derived anywhere: derive them. Your function must hold for long sentences and large scores.
#
# *Reread: "The best possible tagger", equation crf-chain.*

# %% [markdown] hints="crf_nll"
# Only $\log Z$ is difficult, the rest is a sum over the given path. Z is a sum over sequences of a product over steps; you have computed such a sum before, in section 3, with other factors.
# ***
# Differentiate $\log Z$ with respect to one score $s_t(k)$, before any recursion: the derivative of the exponential of a path is that exponential if the path goes through tag k at place t, and 0 if not. What is the quotient that you get, in words? Then the same for $R_{jk}$.
# ***
# The first is the probability of tag k at place t, a product of a left and a right side, divided by Z. The second is the sum over t of the probability of the pair, left side up to t - 1, the step, right side from t on. Keep logarithms of all sides (`np.logaddexp.reduce` sums over an axis), and subtract what the true path has: a one at each of its tags, and a one for each of its steps, as often as it takes them.


# %% exercise="crf_nll" level="derive" minutes=50
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

# %% [markdown] notice="crf_nll"
# What you should notice now: with R = 0 this is `masked_token_loss` of one sentence, and both gradients have the same form, what the model expects minus what was seen. This is no accident: the gradient of $\log Z$ is an expected value, for any model that is an exponential of a sum.
# The gradient on R counts steps. It is zero exactly if the model expects each pair of neighbouring tags as often as the true tags have it.
# You could also have got both by backpropagation through the left recursion alone; the right side is what that backward pass computes.

# %% [markdown]
# ## 6. Your network learns
#
# Your loss has not taught anything yet. Let it, and find out how near a network comes to the best possible tagger. This exercise is built on your `tag_scores` and `masked_token_loss`: if one of them is not right yet, mend it first.
#
# The sentences come from a tiny language of four tags, article, noun, verb and pronoun, and eight words. Four of these, "can", "fish", "saw" and "duck", can be nouns and verbs, and now and then any tag emits any word. So "fish can duck" is hard to label, and "the fish saw the duck" is not.
# Its tags are a Markov chain, and your `hmm_posterior` knows the exact probability of each tag. What it pays on average, $-\log_2$ of the probability of the right tag, is the **floor**, some 0.3 to 0.4 bits per tag. The best tagger that reads from the left alone pays 0.15 to 0.2 bits more.
#
# Write the loop. Draw some sentences, compute their scores with `tag_scores`, loss and gradient with `masked_token_loss`, the gradients of all weights with `tag_gradients`, given below, and take a step against them; then again, with other sentences. Take the mean over real words as the loss.
#
# - `data` is (ids, lengths, tags), of shapes (T, N), (N,) and (T, N). Behind its end a sentence holds words and tags that mean nothing.
# - `cfg` is {"words": 8, "tags": 4, "embedding": 6, "units": 16, "sentences": 32, "updates": 1000, "rate": 0.1}. These numbers work with momentum 0.9; choose others if you like, apart from the first two.
# - Let the start be random and moderate: embeddings of standard deviation 1, V and U of one over the root of their number of columns, W of half that; zeros are not good.
# - Return a dict with the nine weights, named and shaped as in section 1. The check scores new sentences with a forward pass of its own.
# - `watch` is None or a function: call `watch(update, bits)` now and then with the loss in bits per tag.
# - You pass with a score at most 0.05 bits per tag above that of the exact posterior on the same new sentences. A second is enough; the check waits for 20.
#
# *Reread: "A label for each token", equation tag-loss and the section "What to expect when it learns".*


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


# %% [markdown] hints="train_tagger"
# Before the loop, score one batch with the weights that you drew. The loss should be near 2 bits per tag, that of four equally likely tags. If it is far above, the start is too wild.
# ***
# You need the mask of each batch; the lengths tell it: place t is real where t is below the length.
# ***
# `masked_token_loss` gives a sum and the gradient of a sum, and both want to be divided by the count. If the loss jumps to large values at once, you have divided only one of the two.


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

# %% [markdown] notice="train_tagger"
# What you should notice now: nobody told your network that there is a Markov chain, or what $\alpha$ and $\beta$ are, and yet its probabilities are within a few hundredths of a bit of those that need both. The cross-entropy does this: it is lowest on average exactly where the network says the posterior.
# Look at what the score would not have shown: a tagger can get nearly as many tags right and be far from these probabilities. Bits are the stricter judge.

# %% [markdown]
# Before you run the next cell, guess: the best labels come from the exact posterior, place by place. How many of them will your network say as well? And will Viterbi get more tags right, or fewer?


# %% given="grammar"
WORDS = ("the", "a", "I", "they", "can", "fish", "saw", "duck")
TAGS = ("ART", "NOUN", "VERB", "PRON")
pi = np.array([0.2, 0.35, 0.3, 0.15])
A = np.array([[0.01, 0.97, 0.01, 0.01], [0.02, 0.4, 0.54, 0.04], [0.6, 0.14, 0.04, 0.22], [0.03, 0.05, 0.89, 0.03]])
B = np.zeros((4, 8))
B[0, :2], B[3, 2:4], B[1, 4:], B[2, 4:] = (0.6, 0.4), (0.4, 0.6), (0.25, 0.35, 0.15, 0.25), (0.3, 0.2, 0.3, 0.2)
B = 0.98 * B + 0.02 / 8


def one_of(rows, rng):
    """Draw an index from each row of probabilities."""
    return (rng.random((len(rows), 1)) >= rows.cumsum(axis=1)[:, :-1]).sum(axis=1)


def sentences(n, rng, T=10):
    """Draw words (T, n), lengths (n,) and tags (T, n); what stands behind the end of a sentence means nothing."""
    tags = [one_of(np.tile(pi, (n, 1)), rng)]
    for _ in range(T - 1):
        tags.append(one_of(A[tags[-1]], rng))
    lengths = rng.integers(2, T + 1, size=n)
    ids, tags = np.stack([one_of(B[row], rng) for row in tags]), np.stack(tags)
    padding = np.arange(T)[:, None] >= lengths
    tags[padding] = rng.permutation(tags[padding])
    return ids, lengths, tags


# %%
new, lengths, gold = sentences(3000, np.random.default_rng(1))
mask = np.arange(len(new))[:, None] < lengths
exact = np.zeros((*new.shape, 4))
for b, n in enumerate(lengths):
    exact[:n, b] = hmm_posterior(new[:n, b], pi, A, B)
right = np.take_along_axis(exact, gold[:, :, None], 2)[:, :, 0]
floor = -np.log2(right[mask]).mean()
curve = Curve(floor=floor, title="Your network, bits per tag")
cfg = {"words": 8, "tags": 4, "embedding": 6, "units": 16, "sentences": 32, "updates": 1000, "rate": 0.1}
rng = np.random.default_rng(0)
weights = train_tagger(sentences(4000, rng), cfg, rng, watch=curve)
curve.draw()

# %% [markdown]
# The new sentences were not used in training. Three ways to label them: your network, the exact posterior place by place, and your `viterbi`.

# %%
scores = tag_scores(new, lengths, weights)
total, count, _ = masked_token_loss(scores, gold, mask)
print(f"bits per tag: network {total / count / np.log(2):.3f}, exact posterior {floor:.3f}")
best = np.zeros_like(gold)
for b, n in enumerate(lengths):
    best[:n, b] = viterbi(new[:n, b], pi, A, B)
labels = {"network": scores.argmax(axis=2), "posterior": exact.argmax(axis=2), "viterbi": best}
for name, said in labels.items():
    hit = (said == gold) | ~mask
    print(f"{name:10} {hit[mask].mean():.1%} of the tags right, {hit.all(axis=0).mean():.1%} of the sentences")
b = next(b for b in range(3000) if (labels["viterbi"] != labels["posterior"])[mask[:, b], b].any())
print(" ".join(WORDS[w] for w in new[mask[:, b], b]))
for name, said in {**labels, "truth": gold}.items():
    print(f"{name:10}", " ".join(TAGS[k] for k in said[mask[:, b], b]))

# %% [markdown]
# What you should notice now: the network labels nearly as many words right as the best possible tagger. From five starts, with 1000 updates each, it was always within half a percent of it, and both miss about one word in ten. Without the exact posterior you might have searched for this tenth for weeks, and it cannot be had.
# Viterbi and the posterior disagree on few sentences, and each is best at its own game only: on average over all sentences nothing gets more tags right than the posterior, and nothing gets more sentences right than Viterbi. On a sample of three thousand chance may still favour the other.
# The last lines show a sentence on which the two disagree. If your tagger were scored by whole sentences, the chain of section 5 would be the thing to train: its transitions know what may follow what, and `viterbi` decodes it with scores in the place of logarithms.
#
# In both of these tasks there was one label for each word. When the output may have another length than the input, there is nothing to align it with, and assignment 10 begins there.
