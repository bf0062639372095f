"""Wrong answers as students write them: whole functions in their own styles, each with what its message must name.

`seen`: fields of the first Difference, or of the exception, and the diagnosis. `words`: what the message must hold.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.checks.solutions import solution_functions, surroundings


@dataclass(frozen=True)
class Natural:
    """One answer."""

    name: str
    exercise: str
    function: Callable
    words: tuple[str, ...]
    seen: dict[str, Any] = field(default_factory=dict)

    def functions(self) -> tuple[Callable, ...]:
        """Return what `check` is given: the solution's functions before it, and this one."""
        return (*list(solution_functions(self.exercise).values())[:-1], self.function)


ANSWERS: list[Natural] = []


def wrong(exercise: str, *words: str, **seen: Any) -> Callable:
    def add(function: Callable) -> Callable:
        ANSWERS.append(Natural(function.__name__, exercise, function, words, seen))
        return function

    return add


def solved(name: str) -> Callable:
    return surroundings(name)[name]


# -- what came back is not what was asked for -------------------------------------------------------------------


@wrong("rnn_step", "one array of shape (3, 6) came back", "two results", "a cache of your own", kind="parts")
def only_the_state(x, h, V, W, b):
    return np.tanh(np.dot(x, V.T) + np.dot(h, W.T) + b)


@wrong("rnn_step", "a dict came back", "two results are expected: h_next (3, 6)", kind="parts")
def a_dict_of_results(x, h, V, W, b):
    z = np.matmul(x, V.T) + np.matmul(h, W.T) + b
    return {"h_next": np.tanh(z), "cache": (x, h, z)}


@wrong("rnn_step_backward", "six results came back", "five results", kind="parts")
def the_preactivation_too(dh_next, cache):
    x, h, h_next, V, W = cache
    dz = dh_next * (1 - h_next * h_next)
    return dz @ V, dz @ W, dz.T @ x, dz.T @ h, dz.sum(0), dz


@wrong("rnn_step_backward", "dx has shape (6, 4)", "holds what dV should hold", kind="shape", output="dx")
def weights_first(dh_next, cache):
    x, h, h_next, V, W = cache
    dz = dh_next * (1 - h_next * h_next)
    return dz.T @ x, dz.T @ h, dz.sum(0), dz @ V, dz @ W


@wrong("lstm_forward", "two results came back", "three results", "C_T (3, 6)", kind="parts")
def the_memory_left_out(x, h0, C0, P):
    step, outputs, caches = solved("lstm_step"), [], []
    for t in range(x.shape[0]):
        h0, C0, kept = step(x[t], h0, C0, P)
        outputs.append(h0)
        caches.append(kept)
    return np.array(outputs), caches


@wrong("rnn_step", "None came back", "`return`", kind="none", diagnosis="returns-none")
def printed_and_not_returned(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W.T + b)
    print("h_next =", h_next.shape)


@wrong("rnn_backward", "db is None", "never filled", kind="none", output="db")
def one_gradient_never_filled(dhs, cache):
    dx, dh0, dV, dW, _ = solved("rnn_backward")(dhs, cache)
    db = None
    return dx, dh0, dV, dW, db


@wrong("gru_backward", "dP lacks the key b_hn", kind="missing", output="dP")
def one_weight_forgotten(dhs, cache):
    dx, dh0, dP = solved("gru_backward")(dhs, cache)
    return dx, dh0, {k: v for k, v in dP.items() if not k.endswith("hn")}


@wrong("lstm_step_backward", "dP has more than it should: the key h", kind="extra", output="dP")
def one_key_too_many(dh, dC, cache):
    dx, dh, dC, dP = solved("lstm_step_backward")(dh, dC, cache)
    dP["h"] = dh
    return dx, dh, dC, dP


@wrong("lstm_backward", "dP is five results; a dict is expected", kind="no-dict", output="dP")
def weights_as_a_tuple(dhs, dC_T, cache):
    dx, dh0, dC0, dP = solved("lstm_backward")(dhs, dC_T, cache)
    return dx, dh0, dC0, tuple(dP.values())[:5]


@wrong(
    "clip_by_norm", "a dict came back", "two results are expected: clipped (a dict) and norm (a number)", kind="parts"
)
def the_norm_kept_to_oneself(grads, thr):
    total = math.sqrt(sum(float((g * g).sum()) for g in grads.values()))
    if not math.isfinite(total):
        raise FloatingPointError(total)
    return {k: g * min(1, thr / (total + 1e-300)) for k, g in grads.items()}


@wrong("prepare_text", "symbols is a set; a list is expected", kind="no-list", output="symbols")
def a_set_of_symbols(documents, shares, min_count, rng):
    *parts, symbols, ids = solved("prepare_text")(documents, shares, min_count, rng)
    return *parts, set(symbols), ids


@wrong("prepare_text", "ids holds", "numbers", kind="dtype", output="ids")
def the_symbols_themselves(documents, shares, min_count, rng):
    *parts, symbols, _ = solved("prepare_text")(documents, shares, min_count, rng)
    return *parts, symbols, [c if c in symbols else "<unk>" for c in "".join(documents)]


@wrong("viterbi", "two results came back; one result is expected: tags (5,)", kind="parts")
def path_and_score(x, pi, A, B):
    return solved("viterbi")(x, pi, A, B), 0.0


@wrong("additive_attention", "ctx has shape", "holds what w should hold", kind="shape", output="ctx")
def weights_before_the_context(q, K, Vv, mask, P):
    return solved("additive_attention")(q, K, Vv, mask, P)[::-1]


@wrong("entropy_rate", "has shape (1,); a number is expected", kind="shape", output="rate")
def a_vector_of_one(T_sym):
    return np.array([solved("entropy_rate")(T_sym)])


# -- shapes and axes --------------------------------------------------------------------------------------------


@wrong("rnn_step_backward", "db has shape (6, 1); (6,) is expected", "only the shape", kind="shape", output="db")
def a_column_for_db(dh_next, cache):
    dx, dh, dV, dW, db = solved("rnn_step_backward")(dh_next, cache)
    return dx, dh, dV, dW, db.reshape(-1, 1)


@wrong("optimal_nll", "nll has shape", "only the shape", kind="shape", output="nll")
def a_column_of_scores(T_sym, start, x):
    return solved("optimal_nll")(T_sym, start, x)[:, np.newaxis]


@wrong("rnn_step_backward", "db has shape (3,); (6,) is expected", kind="shape", output="db")
def summed_over_the_units(dh_next, cache):
    x, h, h_next, V, W = cache
    dz = np.multiply(dh_next, 1 - np.square(h_next))
    return np.dot(dz, V), np.dot(dz, W), np.dot(dz.T, x), np.dot(dz.T, h), np.sum(dz, axis=1)


@wrong("lstm_forward", "hs has shape (3, 5, 6); (5, 3, 6) is expected", "the batch", kind="shape", hint="batch-first")
def batch_major(x, h0, C0, P):
    hs, C_T, cache = solved("lstm_forward")(x, h0, C0, P)
    return np.transpose(hs, (1, 0, 2)), C_T, cache


@wrong("rnn_backward", "dx has shape (3, 5, 4)", "the batch", kind="shape", output="dx", hint="batch-first")
def batch_major_gradient(dhs, cache):
    dx, *others = solved("rnn_backward")(dhs, cache)
    return dx.swapaxes(0, 1), *others


@wrong("hmm_posterior", "posterior is wrong in", "time step 0", kind="value", output="posterior")
def normalised_over_time(x, pi, A, B):
    gamma = np.array(solved("hmm_posterior")(x, pi, A, B))
    return gamma / gamma.sum(axis=0)


@wrong("masked_mean", "the rows of the batch have changed places", kind="value", output="mean", relation="row")
def sorted_by_length(hs, lengths):
    return np.array([hs[: lengths[b], b].mean(axis=0) for b in np.argsort(lengths)])


# -- means, sums, signs, factors --------------------------------------------------------------------------------


@wrong("token_nll", "divided by the count", diagnosis="wrong_divided")
def mean_of_the_losses(logits, targets, mask):
    p = np.exp(logits - logits.max(-1, keepdims=True))
    p = p / p.sum(-1, keepdims=True)
    T, B = targets.shape
    each = [-math.log(p[t, b, targets[t, b]]) for t in range(T) for b in range(B) if mask[t, b]]
    return (sum(each) / len(each) if each else 0.0), len(each)


@wrong("masked_token_loss", "dscores is what is expected, divided by", relation="factor 1/T", output="dscores")
def gradient_over_t(scores, tags, mask):
    total, count, dscores = solved("masked_token_loss")(scores, tags, mask)
    return total, count, dscores / len(scores)


@wrong("gru_step_backward", "the wrong sign everywhere", output="dx", relation="factor -1")
def all_signs_turned(dh_next, cache):
    dx, dh, dP = solved("gru_step_backward")(dh_next, cache)
    return -dx, dh, dP


@wrong("influence_sum", "2 times what is expected", relation="factor 2")
def influences_twice(cache, t):
    return np.add(solved("influence_sum")(cache, t), solved("influence_sum")(cache, t))


@wrong("rnn_backward", "dV is zero everywhere", "Right: dx, dh0, dW and db", output="dV", relation="zero")
def one_gradient_stays_zero(dhs, cache):
    x, h0, hs, V, W = cache
    dV, dW, db, dh = np.zeros(V.shape), np.zeros(W.shape), np.zeros(len(W)), np.zeros(h0.shape)
    dx = np.empty(x.shape)
    for t in reversed(range(x.shape[0])):
        da = (dhs[t] + dh) * (1.0 - hs[t] ** 2)
        dx[t] = da.dot(V)
        dh = da.dot(W)
        dV + da.T.dot(x[t])
        dW += da.T.dot(hs[t - 1] if t > 0 else h0)
        db += da.sum(axis=0)
    return dx, dh, dV, dW, db


# -- time -------------------------------------------------------------------------------------------------------


@wrong("scan_linear", "the last time step stands first", relation="reversed")
def turned_round_at_the_end(a, b, h0, combine):
    return solved("scan_linear")(a, b, h0, combine)[::-1]


@wrong("rnn_forward", "right at the first time step and wrong at all later ones", relation="from T")
def a_leak_that_begins_late(x, h0, V, W, b):
    T, B, _ = x.shape
    hs = np.zeros((T, B, len(b)))
    for t in range(T):
        before = h0 if t == 0 else 0.9 * hs[t - 1]
        hs[t] = np.tanh(x[t].dot(V.T) + before.dot(W.T) + b)
    return hs, None


@wrong("gru_forward", "The initial state is ignored", "A known mistake", diagnosis="wrong_h0_ignored")
def states_begin_at_zero(x, h0, P, reset="after", z_keeps="old"):
    T, B = x.shape[:2]
    hs, caches = np.zeros((T + 1, B, h0.shape[1])), []
    for t in range(T):
        hs[t + 1], kept = solved("gru_step")(x[t], hs[t], P, reset=reset, z_keeps=z_keeps)
        caches.append(kept)
    return hs[1:], caches


@wrong("tbptt", "A known mistake", "still there when the next chunk begins", diagnosis="wrong_stale_carry")
def the_carry_of_the_chunk_before(x, h0, V, W, b, dhs, k):
    T, h, dh = len(x), h0, np.zeros(h0.shape)
    dW = np.zeros(W.shape)
    for first in range(0, T, k):
        last = min(first + k, T)
        hs = {first - 1: h}
        for t in range(first, last):
            hs[t] = np.tanh(x[t] @ V.T + hs[t - 1] @ W.T + b)
        for t in range(last - 1, first - 1, -1):
            da = (1 - hs[t] ** 2) * (dhs[t] + dh)
            dW = dW + np.einsum("bi,bj->ij", da, hs[t - 1])
            dh = da @ W
        h = hs[last - 1]
    return dW, h


@wrong("lstm_backward", "A known mistake", "initial memory", "Right:", diagnosis="wrong_dC0_missing")
def the_memory_forgotten_at_the_end(dhs, dC_T, cache):
    dxs, dh, dC, grads = [None] * len(cache), np.zeros(dC_T.shape), dC_T, Counter()
    for t in range(len(cache) - 1, -1, -1):
        dxs[t], dh, dC, dP = solved("lstm_step_backward")(dhs[t] + dh, dC, cache[t])
        grads = {k: grads[k] + v for k, v in dP.items()} if grads else dict(dP)
    return np.array(dxs), dh, np.zeros_like(dC_T), grads


# -- gates and slopes -------------------------------------------------------------------------------------------


@wrong("lstm_step", "h_next is wrong", "batch row 0", "Wrong: h_next and C_next.", kind="value")
def forget_gate_not_squashed(x, h, C, P):
    s = lambda a: 1 / (1 + np.exp(-np.clip(a, -500, 500)))  # noqa: E731
    z = {k: x @ P["V_" + k].T + h @ P["W_" + k].T + P["b_" + k] for k in "ifgo"}
    C_next = z["f"] * C + s(z["i"]) * np.tanh(z["g"])
    return s(z["o"]) * np.tanh(C_next), C_next, None


@wrong("lstm_step_backward", "dV_g holds what dV_o should hold", "changed places", output="dV_g")
def two_gates_mixed_up(dh, dC, cache):
    dx, dh, dC, dP = solved("lstm_step_backward")(dh, dC, cache)
    for name in "VWb":
        dP[f"{name}_g"], dP[f"{name}_o"] = dP[f"{name}_o"], dP[f"{name}_g"]
    return dx, dh, dC, dP


@wrong("lstm_step_backward", "The slope of the forget gate is missing", diagnosis="wrong_no_slope_of_forget_gate")
def a_slope_forgotten(dh, dC, cache):
    x, h, C, P, i, f, g, o, m = cache
    dCt = dC + (1 - np.tanh(f * C + i * g) ** 2) * o * dh
    d = dict(zip("ifgo", (dCt * g * i * (1 - i), dCt * C, dCt * i * (1 - g * g), dh * m * o * (1 - o))))
    stack = lambda w: np.hstack([d[k] for k in d]) @ np.vstack([P[w + k] for k in d])  # noqa: E731
    dP = {}
    for k, da in d.items():
        dP.update({f"V_{k}": da.T.dot(x), f"W_{k}": da.T.dot(h), f"b_{k}": np.add.reduce(da)})
    return stack("V_"), stack("W_"), dCt * f, dP
