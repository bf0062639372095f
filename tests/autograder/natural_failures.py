"""More answers like those of `natural_answers`: values of strange kinds, exceptions, and what does not end."""

from __future__ import annotations

import cmath
import itertools
import sys

import numpy as np

from tests.autograder.natural_answers import solved, wrong

# -- values of strange kinds ------------------------------------------------------------------------------------


@wrong("rnn_forward", "hs holds whole numbers only", "integer", output="hs", relation="whole")
def an_array_of_integers(x, h0, V, W, b):
    hs = np.zeros((x.shape[0], *h0.shape), dtype=int)
    h = h0
    for t, x_t in enumerate(x):
        h = np.tanh(x_t @ V.T + h @ W.T + b)
        hs[t] = h
    return hs, None


@wrong("embed_backward", "dE holds whole numbers only", "integer", output="dE", relation="whole")
def of_the_dtype_of_the_symbols(dout, ids, vocab):
    dE = np.zeros((vocab, dout.shape[-1]), ids.dtype)
    for t, b in itertools.product(range(len(ids)), range(len(ids[0]))):
        dE[ids[t, b]] = dE[ids[t, b]] + dout[t, b]
    return dE


@wrong("gru_forward", "right to a few digits only", "rounded", output="hs", relation="rounded")
def rounded_to_be_readable(x, h0, P, reset="after", z_keeps="old"):
    hs, cache = solved("gru_forward")(x, h0, P, reset, z_keeps)
    return np.round(hs, 4), cache


@wrong("rnn_forward", "hs is wrong in", "first at time step 0", kind="value", output="hs")
def torch_tensors_with_another_bias(x, h0, V, W, b):
    import torch

    x, h, V, W, b = (torch.tensor(np.array(one)) for one in (x, h0, V, W, b))
    hs = []
    for x_t in x:
        h = torch.tanh(x_t @ V.T + (h + b) @ W.T)
        hs.append(h)
    return torch.stack(hs), h


@wrong("scan_linear", "The states are computed with * and +", diagnosis="wrong_plain_loop")
def a_loop_that_needs_no_joint(a, b, h0, combine):
    hs = np.empty_like(b)
    for t in range(len(a)):
        hs[t] = a[t] * (hs[t - 1] if t else h0) + b[t]
    return hs


@wrong("rnn_backward", "All steps of the cache hold", diagnosis="wrong_one_state_in_the_cache")
def one_array_in_the_cache(dhs, cache):
    x, h0, hs, V, W = cache
    hs = [hs[-1] for _ in hs]
    return solved("rnn_backward")(dhs, (x, h0, np.stack(hs), V, W))


@wrong("clip_by_norm", "changed in place", diagnosis="changes-argument")
def scaled_where_they_are(grads, thr):
    flat = np.concatenate([np.ravel(g) for g in grads.values()])
    size = np.linalg.norm(flat)
    if not np.isfinite(size):
        raise FloatingPointError("not finite")
    if size > thr:
        for key in list(grads):
            if grads[key].flags.writeable:
                grads[key] *= thr / size
            else:
                grads[key] = grads[key] * (thr / size)
    return grads, size


@wrong("rnn_forward", "a generator came back", "two results", kind="parts")
def states_one_by_one(x, h0, V, W, b):
    for x_t in x:
        h0 = np.tanh(x_t @ V.T + h0 @ W.T + b)
        yield h0


@wrong("embed_backward", "dE is a generator", "an array of numbers of shape (7, 4)", kind="type", output="dE")
def gradients_without_end(dout, ids, vocab):
    while True:
        yield solved("embed_backward")(dout, ids, vocab)


@wrong("masked_mean", "mean is wrong in", "batch row 0", kind="value", output="mean")
def a_mask_the_wrong_way_round(hs, lengths):
    real = np.arange(len(hs))[:, None] < lengths[None, :]
    masked = np.ma.masked_array(hs, np.repeat(real[:, :, None], hs.shape[2], 2))
    return np.ma.mean(masked, axis=0)


@wrong("rnn_step_backward", "db has shape (1, 6); (6,) is expected", "only the shape", kind="shape", output="db")
def matrices_of_numpy(dh_next, cache):
    x, h, h_next, V, W = cache
    dz = np.asmatrix(np.multiply(dh_next, 1 - np.power(h_next, 2)))
    return dz * V, dz * W, dz.T * x, dz.T * h, dz.sum(axis=0)


@wrong("rnn_forward", "hs is an array of objects", "an array of numbers of shape (5, 3, 6)", kind="type", output="hs")
def an_array_of_objects(x, h0, V, W, b):
    hs, h = np.empty(len(x), dtype=object), h0
    for t in range(len(x)):
        h = np.tanh(x[t] @ V.T + h @ W.T + b)
        hs[t] = h
    return hs, None


@wrong("embed_backward", "dE is a list of 7 whose parts make no array", kind="type", output="dE")
def a_list_whose_rows_differ(dout, ids, vocab):
    return [[dout[ids == k].sum()] * (k + 1) for k in range(vocab)]


@wrong("bleu", "bleu is a string; a number is expected", kind="type", output="bleu")
def a_number_as_text(hyps, refs, n=4):
    return f"{solved('bleu')(hyps, refs, n):.2f}"


@wrong("lyapunov", "complex", output="rate", relation="complex")
def a_logarithm_of_an_eigenvalue(W, V, b, x, v):
    h, total = np.zeros(len(b)), 0
    for x_t in x:
        h = np.tanh(W @ h + V @ x_t + b)
        total += cmath.log(complex(np.linalg.eigvals((1 - h**2)[:, None] * W)[0]) * 1j)
    return total / len(x)


@wrong("token_nll", "total is NaN", kind="not-finite", output="total")
def a_logarithm_of_zero(logits, targets, mask):
    hot = np.eye(logits.shape[-1])[targets]
    return float((np.log(hot) * 0.0 * mask[..., None]).sum()), int(mask.sum())


@wrong("condition_backward", "NaN or infinity", "first at", kind="not-finite", output="dA")
def one_row_divided_by_zero(dh0, which, x, Q):
    grads = solved("condition_backward")(dh0, which, x, Q)
    grads["A"][0] /= 0
    return grads


@wrong("entropy_rate", "is a Running", "a number is expected", kind="type", output="rate")
def an_object_of_ones_own(T_sym):
    class Running:
        value = solved("entropy_rate")(T_sym)

    return Running()


@wrong("beam", "found[0] is", "symbols", kind="parts", output="found[0]")
def strings_without_scores(step, h, bos, eos, k, alpha, max_len):
    return [symbols for symbols, _ in solved("beam")(step, h, bos, eos, k, alpha, max_len)]


@wrong("viterbi", "tags holds numbers that are not whole", kind="whole", output="tags")
def a_path_of_halves(x, pi, A, B):
    return np.array(solved("viterbi")(x, pi, A, B)) + 0.5


# -- exceptions, and what does not end --------------------------------------------------------------------------


@wrong("lstm_step", "KeyError: 'V_c'", "in gate, line", type="KeyError", where="gate")
def a_key_that_is_not_there(x, h, C, P):
    def gate(q):
        return x @ P[f"V_{q}"].T + h @ P[f"W_{q}"].T + P[f"b_{q}"]

    i, f, o, c = (gate(q) for q in ("i", "f", "o", "c"))
    C = f * C + i * np.tanh(c)
    return o * np.tanh(C), C, None


@wrong("rnn_step", "ValueError", "(3,4)", "in multiply, line", type="ValueError", where="multiply")
def a_product_that_does_not_fit(x, h, V, W, b):
    def multiply(left, right):
        return left + right

    return np.tanh(multiply(x, V) + h @ W.T + b), None


@wrong("rnn_backward", "IndexError", "in inner, line", type="IndexError", where="inner")
def an_index_beyond_the_end(dhs, cache):
    class Walk:
        def run(self, t):
            return self.inner(t)

        def inner(self, t):
            return dhs[t + 1]

    return [Walk().run(t) for t in range(len(dhs))]


@wrong("gru_step", "UnboundLocalError", "line", type="UnboundLocalError", where="unbound")
def unbound(x, h, P, reset="after", z_keeps="old"):
    if reset == "never":
        n = np.tanh(x @ P["V_n"].T)
    return n, None


@wrong(
    "jac_product",
    "RecursionError: maximum recursion depth exceeded",
    "in again, line",
    type="RecursionError",
    where="again",
)
def recursion_without_end(hs, W, s, t):
    def again(k):
        return W @ again(k - 1)

    return again(t)


@wrong("rnn_step", "SystemExit", "asked Python to end", type="SystemExit", where="stopped_by_hand")
def stopped_by_hand(x, h, V, W, b):
    print("debugging")
    sys.exit()


@wrong(
    "rnn_step", "AssertionError", "assert h.shape == x.shape", type="AssertionError", where="an_assertion_of_ones_own"
)
def an_assertion_of_ones_own(x, h, V, W, b):
    assert h.shape == x.shape
    return np.tanh(x + h), None


@wrong("tbptt", "TypeError: ", "takes 4 positional arguments but 7 were given", type="TypeError")
def arguments_forgotten(x, h0, V, W):
    return W, h0


@wrong("rnn_step", "Unfinished", "in refuse, line", type="Unfinished", where="refuse")
def an_exception_of_ones_own(x, h, V, W, b):
    class Unfinished(Exception):
        pass

    def refuse():
        raise Unfinished

    refuse()


@wrong("sample", "StopIteration", type="StopIteration")
def an_iterator_that_is_exhausted(step, h0, bos, eos, rng, T, temperature, top_k, prefix=()):
    return [next(iter(())) for _ in range(T)]
