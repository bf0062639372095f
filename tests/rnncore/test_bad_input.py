"""What is wrong is named: every public function says which argument it was, what it got and what it expected.

A silent wrong result is worse than an error: float ids that are cut, negative ids that wrap, a bias that broadcasts,
NaN that is written into the weights.
"""

import re
from typing import Any

import numpy as np
import pytest
import torch

from rnncore import layers as nn
from rnncore.cells import LSTM, RNN
from rnncore.data import Vocabulary, lm_batches
from rnncore.data.text import length_batches, pad_batch, shifted
from rnncore.engines import run, run_backward
from rnncore.gradcheck import complex_step, finite_difference, gradcheck, relative_error
from rnncore.models import LanguageModel, beam, sample
from rnncore.ops import check_floating, split, to_device
from rnncore.scan import scan, scan_backward
from rnncore.train import (
    SGD,
    Adam,
    AdamW,
    RMSProp,
    StepResult,
    clip_by_norm,
    clip_by_value,
    cosine,
    fit,
    linear,
    step_decay,
)
from rnncore.types import Params

rng = np.random.default_rng(0)
draw = lambda *shape: rng.normal(size=shape)  # noqa: E731
whole = lambda *shape: np.zeros(shape, int)  # noqa: E731
nan = float("nan")


def wrong(value) -> Any:
    """Return the value, whose type is wrong on purpose."""
    return value


T, B, D, H = 5, 3, 2, 4
XS, STATE, DHS = draw(T, B, D), (draw(B, H), draw(B, H)), draw(T, B, H)
PARAMS = Params(draw(4 * H, D), draw(4 * H, H), draw(4 * H))
CACHE = scan(LSTM, XS, STATE, PARAMS)[2]
LAYER = nn.Recurrent(LSTM, D, H, 2, bidirectional=True)
WEIGHTS = LAYER.init(rng)
YS, FINAL, CACHES = LAYER.forward(WEIGHTS, XS)
ONE = {"w": np.ones(2)}
MODEL = LanguageModel(inputs=4, K=3, D=2, H=5)


def scanned(engine="reference", xs: Any = XS, state=STATE, lengths=None, checkpoint=False, **params):
    return run(LSTM, xs, state, PARAMS._replace(**params), lengths, engine=engine, checkpoint=checkpoint)


def back(dhs=DHS, dstate=None, truncate=None, cache: Any = CACHE):
    return scan_backward(LSTM, dhs, dstate, cache, truncate)


def forward(params=None, xs: Any = XS, **more):
    return LAYER.forward(WEIGHTS if params is None else params, xs, **more)


def train(step=None, steps: Any = 1, optimiser=SGD(0.1), **more):  # noqa: B008
    step = step or (lambda *_: StepResult(1.0, 1, ONE))
    return fit({"w": np.zeros(2)}, step, optimiser, steps, rng, progress=False, **more)


def drawn(start: Any = whole(2), T=3, logits=0.0, **more):  # noqa: B008
    return sample(lambda ids, state: (np.full((len(ids), 3), logits), state), (), start, T, rng, **more)


def beamed(start: Any = whole(2), k=1, alpha=0.0, T=3, logits=0.0):  # noqa: B008
    return beam(lambda ids, state: (np.full((len(ids), 3), logits), state), (), start, 0, k, alpha, T)


def opt(optimiser, grads=ONE, state=None):
    return optimiser.update(ONE, grads, optimiser.init(ONE) if state is None else state)


V, TY, FP = ValueError, TypeError, FloatingPointError
CASES = {
    "scan, rank": (lambda: scanned(xs=XS[0]), V, "xs: got shape (3, 2), expected (T, B, D)"),
    "scan, no steps": (lambda: scanned(xs=XS[:0]), V, "xs: got shape (0, 3, 2), expected (T, B, D) with T at least 1"),
    "scan, list": (lambda: scanned(xs=XS.tolist()), TY, "xs: got a list, expected an array"),
    "scan, integer xs": (lambda: scanned(xs=XS.astype(int)), TY, "xs: got dtype int64, expected a floating one"),
    "scan, integer W": (lambda: scanned(W=whole(16, 4)), TY, "W: got dtype int64, expected a floating one"),
    "scan, D": (lambda: scanned(xs=XS[..., :1]), V, "V: got shape (16, 2), expected (16, 1)"),
    "scan, W": (lambda: scanned(W=PARAMS.W[:-1]), V, "W: got shape (15, 4), expected (16, 4)"),
    "scan, W a vector": (lambda: scanned(W=PARAMS.b), V, "W: got shape (16,), expected (G*H, H) with G=4"),
    "scan, b": (lambda: scanned(b=PARAMS.b[:1]), V, "b: got shape (1,), expected (16,)"),
    "scan, own": (lambda: scanned(own=(PARAMS.b,)), V, "own: got 1 arrays, expected none"),
    "scan, state parts": (lambda: scanned(state=STATE[:1]), V, "state: got 1 arrays, expected ('h', 'C')"),
    "scan, state of one row": (lambda: scanned(state=(STATE[0], STATE[1][:1])), V, "C: got shape (1, 4), expected"),
    "scan, lengths rank": (lambda: scanned(lengths=whole(2)), V, "lengths: got shape (2,), expected (B,) = (3,)"),
    "scan, lengths high": (lambda: scanned(lengths=whole(3) + 6),
                           V, "lengths: got [6, 6, 6], expected integers in 0..T"),
    "scan, lengths low": (lambda: scanned(lengths=whole(3) - 1), V, "lengths: got [-1, -1, -1], expected"),
    "scan, lengths float": (lambda: scanned(lengths=np.ones(3)), TY, "lengths: got dtype float64, expected integers"),
    "scan, lengths list": (lambda: scanned(lengths=[1, 2, 3]),
                           TY, "lengths: got a list, expected an array of integers"),
    "scan, libraries": (lambda: scanned(xs=torch.tensor(XS)), TY, "h: got a numpy array, expected the library of xs"),
    "checkpointed, rank": (lambda: scanned(checkpoint=True, xs=XS[0]), V, "xs: got shape (3, 2), expected (T, B, D)"),
    "checkpointed, lengths": (lambda: scanned(checkpoint=True, lengths=whole(3) + 6),
                              V, "lengths: got [6, 6, 6], expected"),
    "engine": (lambda: scanned("warp"), V, "engine: got 'warp', expected 'auto' or one of"),
    "engine, cpu": (lambda: run(RNN, XS + 0j, (STATE[0] + 0j,), PARAMS._replace(V=PARAMS.V[:4] + 0j), engine="cpu"),
                    V, "W: got"),
    "engine, cuda": (lambda: scanned("cuda"), V, "engine: got 'cuda', which cannot be used: the arrays are not on a"),
    "engine, native": (lambda: scanned("native"), V, "engine: got 'native', which cannot be used: the arrays are not"),
    "engine, cache": (lambda: run_backward(LSTM, DHS, None, ()), TY, "cache: got a tuple, expected what `run`"),
    "device": (lambda: check_floating(x=torch.ones(1), y=torch.ones(1, device="meta")),
               V, "y: got an array on meta, expected"),
    "backward, steps": (lambda: back(DHS[1:]),
                        V, "dhs: got shape (4, 3, 4), expected that of hs, (T, B, H) = (5, 3, 4)"),
    "backward, integers": (lambda: back(DHS.astype(int)), TY, "dhs: got dtype int64, expected a floating one"),
    "backward, parts": (lambda: back(dstate=STATE[:1]), V, "dstate: got 1 arrays, expected ('dh', 'dC')"),
    "backward, one row": (lambda: back(dstate=(STATE[0][:1], STATE[1])),
                          V, "dh: got shape (1, 4), expected (B, H) = (3, 4)"),
    "backward, truncate 0": (lambda: back(truncate=0), V, "truncate: got 0, expected an integer, at least 1"),
    "backward, truncate 2.5": (lambda: back(truncate=2.5), V, "truncate: got 2.5, expected an integer, at least 1"),
    "backward, cache": (lambda: back(cache=(1, 2)), TY, "cache: got a tuple, expected the ScanCache"),
    "layer, cell": (lambda: nn.Recurrent(wrong("lstm"), 2, 3), TY, "cell: got 'lstm', expected a Cell"),
    "layer, H 0": (lambda: nn.Recurrent(RNN, 2, 0), V, "H: got 0, expected an integer, at least 1"),
    "layer, H 2.5": (lambda: nn.Recurrent(RNN, 2, wrong(2.5)), V, "H: got 2.5, expected an integer, at least 1"),
    "layer, layers": (lambda: nn.Recurrent(RNN, 2, 2, 0), V, "layers: got 0, expected an integer, at least 1"),
    "layer, dropout": (lambda: nn.Recurrent(RNN, 2, 2, dropout=1.0), V, "dropout: got 1.0, expected 0 <= dropout < 1"),
    "layer, start": (lambda: nn.Recurrent(RNN, 2, 2, start="zero").init(rng),
                     V, "start: got 'zero', expected 'uniform'"),
    "layer, names": (lambda: forward({}), V, "params: got no ['V_l0',"),
    "layer, D": (lambda: forward(xs=XS[..., :1]), V, "xs: got shape (5, 3, 1), expected (T, B, D) with D=2"),
    "layer, rank": (lambda: forward(xs=XS[0]), V, "xs: got shape (3, 2), expected (T, B, D) with D=2"),
    "layer, integers": (lambda: forward(xs=XS.astype(int)), TY, "xs: got dtype int64, expected a floating one"),
    "layer, libraries": (lambda: forward(xs=torch.tensor(XS)),
                         TY, "V_l0: got a numpy array, expected the library of xs"),
    "layer, state": (lambda: forward(state=STATE),
                     V, "h: got shape (3, 4), expected (L * directions, B, H) = (4, 3, 4)"),
    "layer, state parts": (lambda: forward(state=FINAL[:1]), V, "state: got 1 arrays, expected ('h', 'C')"),
    "layer, lengths": (lambda: forward(lengths=whole(3) + 6), V, "lengths: got [6, 6, 6], expected"),
    "layer, dys": (lambda: LAYER.backward(YS[..., :4], None, CACHES),
                   V, "dys: got shape (5, 3, 4), expected (T, B, width)"),
    "layer, dstate": (lambda: LAYER.backward(YS, FINAL[:1], CACHES), V, "dstate: got 1 arrays, expected"),
    "layer, too many dstates": (lambda: LAYER.backward(YS, tuple(np.concatenate([f, f]) for f in FINAL), CACHES), V,
                                "dh: got shape (8, 3, 4), expected (L * directions, B, H) = (4, 3, 4)"),
    "reverse, rank": (lambda: nn.reverse(XS[0]), V, "xs: got shape (3, 2), expected (T, B, D)"),
    "reverse, lengths": (lambda: nn.reverse(XS, whole(3) + 6), V, "lengths: got values in 6..6, expected 0..5"),
    "reverse, float lengths": (lambda: nn.reverse(XS, np.ones(3)), TY, "lengths: got dtype float64, expected integers"),
    "embedding, float ids": (lambda: nn.embedding_forward(np.ones(2), XS[0]),
                             TY, "ids: got dtype float64, expected integers"),
    "embedding, booleans": (lambda: nn.embedding_forward(whole(2) > 0, XS[0]),
                            TY, "ids: got dtype bool, expected integers"),
    "embedding, list": (lambda: nn.embedding_forward([1], XS[0]), TY, "ids: got a list, expected an array of integers"),
    "embedding, high": (lambda: nn.embedding_forward(whole(2) + 3, XS[0]), V, "ids: got values in 3..3, expected 0..2"),
    "embedding, negative": (lambda: nn.embedding_forward(whole(2) - 1, XS[0]),
                            V, "ids: got values in -1..-1, expected"),
    "embedding, E": (lambda: nn.embedding_forward(whole(2), draw(3)), V, "E: got shape (3,), expected (K, D)"),
    "embedding, integer E": (lambda: nn.embedding_forward(whole(2), whole(3, 2)),
                             TY, "E: got dtype int64, expected a floating"),
    "embedding, dx": (lambda: nn.embedding_backward(draw(3, 2), (whole(2), 4)),
                      V, "dx: got shape (3, 2), expected ids.shape"),
    "linear, x": (lambda: nn.linear_forward(draw(2, 3), draw(4, 5), draw(4)),
                  V, "x: got shape (2, 3), expected (..., H)"),
    "linear, U": (lambda: nn.linear_forward(draw(2, 3), draw(3), draw(1)), V, "U: got shape (3,), expected (K, H)"),
    "linear, c of one": (lambda: nn.linear_forward(draw(2, 3), draw(4, 3), draw(1)),
                         V, "c: got shape (1,), expected (K,)"),
    "linear, integers": (lambda: nn.linear_forward(whole(2, 3), draw(4, 3), draw(4)),
                         TY, "x: got dtype int64, expected"),
    "linear, dy": (lambda: nn.linear_backward(draw(1, 4), (draw(2, 3), draw(4, 3))),
                   V, "dy: got shape (1, 4), expected"),
    "loss, float targets": (lambda: nn.cross_entropy(draw(2, 3), np.ones(2)),
                            TY, "targets: got dtype float64, expected"),
    "loss, high target": (lambda: nn.cross_entropy(draw(2, 3), whole(2) + 3),
                          V, "targets: got values in 3..3, expected"),
    "loss, shape": (lambda: nn.cross_entropy(draw(2, 3), whole(3)),
                    V, "targets: got shape (3,), expected (2,) as in logits"),
    "loss, mask": (lambda: nn.cross_entropy(draw(2, 3), whole(2), whole(3) > 0),
                   V, "mask: got shape (3,), expected (2,)"),
    "loss, float mask": (lambda: nn.cross_entropy(draw(2, 3), whole(2), np.full(2, 0.5)),
                         TY, "mask: got dtype float64, expected"),
    "loss, integers": (lambda: nn.cross_entropy(whole(2, 3), whole(2)),
                       TY, "logits: got dtype int64, expected a floating"),
    "loss, K 0": (lambda: nn.cross_entropy(draw(2, 0), whole(2)),
                  V, "logits: got shape (2, 0), expected (..., K) with K at"),
    "loss, smoothing": (lambda: nn.cross_entropy_backward(nn.cross_entropy(draw(2, 3), whole(2))[2], 1, 1.5), V,
                        "smoothing: got 1.5, expected 0 <= smoothing <= 1"),
    "squared, shape": (lambda: nn.squared_error(draw(2, 1), draw(2)),
                       V, "targets: got shape (2,), expected (2, 1) as in"),
    "squared, integers": (lambda: nn.squared_error(draw(2), whole(2)),
                          TY, "targets: got dtype int64, expected a floating"),
    "squared, libraries": (lambda: nn.squared_error(draw(2), torch.ones(2)),
                           TY, "targets: got a torch array, expected the"),
    "dropout, rate": (lambda: nn.dropout_forward(XS, 1, rng), V, "rate: got 1, expected 0 <= rate < 1"),
    "dropout, NaN": (lambda: nn.dropout_forward(XS, nan, rng), V, "rate: got nan, expected 0 <= rate < 1"),
    "dropout, rng": (lambda: nn.dropout_forward(XS, 0.5, wrong(0)),
                     TY, "rng: got a int, expected a numpy.random.Generator"),
    "dropout, integers": (lambda: nn.dropout_forward(whole(2, 2), 0.5, rng),
                          TY, "x: got dtype int64, expected a floating"),
    "dropout, dy": (lambda: nn.dropout_backward(draw(1, 3), draw(2, 3)), V, "dy: got shape (1, 3), expected that of x"),
    "uniform, bound": (lambda: nn.uniform((2,), rng, -1), V, "bound: got -1, expected a finite number, at least 0"),
    "xavier, dtype": (lambda: nn.xavier((2, 3), rng, dtype=int), TY, "dtype: got int64, expected a floating one"),
    "xavier, shape": (lambda: nn.xavier(wrong((2,)), rng), V, "shape: got (2,), expected (rows, columns)"),
    "orthogonal, shape": (lambda: nn.orthogonal((0, 2), rng), V, "shape: got 0, expected an integer, at least 1"),
    "orthogonal, floats": (lambda: nn.orthogonal(wrong((2.0, 3)), rng),
                           V, "shape: got 2.0, expected an integer, at least 1"),
    "gated": (lambda: nn.gated_orthogonal(2, 0, rng), V, "n_gates: got 0, expected an integer, at least 1"),
    "identity": (lambda: nn.identity(0), V, "H: got 0, expected an integer, at least 1"),
    "forget, cell": (lambda: nn.forget_bias(RNN, draw(4)),
                     V, "cell: got RNN with gates ('z',), expected one with a forget"),
    "forget, b": (lambda: nn.forget_bias(LSTM, draw(7)), V, "b: got shape (7,), expected (G*H,) with G = 4"),
    "forget, integers": (lambda: nn.forget_bias(LSTM, whole(4), 0.5), TY, "dtype: got int64, expected a floating one"),
    "initial, D": (lambda: nn.init_recurrent(RNN, 0, 2, rng), V, "D: got 0, expected an integer, at least 1"),
    "clip, 0": (lambda: clip_by_norm(ONE, 0), V, "thr: got 0, expected a positive number"),
    "clip, NaN": (lambda: clip_by_norm(ONE, nan), V, "thr: got nan, expected a positive number"),
    "clip, NaN inside": (lambda: clip_by_norm({"w": np.array([nan])}, 1), FP, "w: the gradient holds NaN"),
    "clip, integers": (lambda: clip_by_value({"w": whole(2)}, 0.5), TY, "w: got dtype int64, expected a floating one"),
    "clip value, 0": (lambda: clip_by_value(ONE, 0), V, "c: got 0, expected a positive number"),
    "clip value, infinity": (lambda: clip_by_value({"w": np.array([np.inf])}, 1),
                             FP, "w: the gradient holds NaN or infinity"),
    "SGD, lr": (lambda: opt(SGD(-1)), V, "lr: got -1.0 for update 0, expected a finite number, at least 0"),
    "SGD, momentum": (lambda: SGD(0.1, 1), V, "momentum: got 1, expected 0 <= momentum < 1"),
    "Adam, beta1": (lambda: Adam(0.1, 1), V, "beta1: got 1, expected 0 <= beta1 < 1"),
    "Adam, beta2": (lambda: Adam(0.1, beta2=-0.1), V, "beta2: got -0.1, expected 0 <= beta2 < 1"),
    "AdamW, decay": (lambda: AdamW(0.1, decay=-1), V, "decay: got -1, expected at least 0"),
    "AdamW, beta1": (lambda: AdamW(0.1, 1), V, "beta1: got 1, expected 0 <= beta1 < 1"),
    "RMSProp, beta": (lambda: RMSProp(0.1, 2), V, "beta: got 2, expected 0 <= beta < 1"),
    "optimiser, names": (lambda: opt(Adam(0.1), {"b": ONE["w"]}),
                         V, "grads: got names ['b'], expected those of params"),
    "optimiser, shape": (lambda: opt(SGD(0.1), {"w": np.ones(1)}), V, "w: got a gradient of shape (1,), expected (2,)"),
    "optimiser, state": (lambda: opt(Adam(0.1), ONE, SGD(0.1).init(ONE)),
                         V, "state: got no ['v.w'], expected what init"),
    "schedule, NaN": (lambda: opt(SGD(lambda step: nan)), V, "lr: got nan for update 0, expected a finite number"),
    "cosine, lr": (lambda: cosine(0, 10), V, "lr, steps, warmup: got 0, 10, 0, expected lr > 0"),
    "cosine, final": (lambda: cosine(0.1, 10, final=-1), V, "final: got -1, expected at least 0"),
    "linear, warmup": (lambda: linear(0.1, 10, 11), V, "lr, steps, warmup: got 0.1, 10, 11, expected lr > 0"),
    "decay, every": (lambda: step_decay(0.1, 0), V, "every: got 0, expected an integer, at least 1"),
    "decay, factor": (lambda: step_decay(0.1, 5, -1), V, "factor: got -1, expected a positive number"),
    "fit, steps": (lambda: train(steps=-1), V, "steps: got -1, expected an integer, at least 0"),
    "fit, steps 1.5": (lambda: train(steps=1.5), V, "steps: got 1.5, expected an integer, at least 0"),
    "fit, every": (lambda: train(every=0), V, "every: got 0, expected an integer, at least 1"),
    "fit, clip": (lambda: train(clip=0), V, "clip: got 0, expected a positive number or None"),
    "fit, patience": (lambda: train(patience=0, validate=len),
                      V, "patience: got 0, expected an integer, at least 1"),
    "fit, validate": (lambda: train(keep_best=True), V, "validate: got None, expected a function"),
    "fit, step": (lambda: train(lambda *_: 3), TY, "train_step: got a int from it, expected a StepResult"),
    "fit, NaN loss": (lambda: train(lambda *_: StepResult(nan, 1, ONE)), FP, "step 1: the loss is nan"),
    "fit, NaN gradient": (lambda: train(lambda *_: StepResult(1, 1, {"w": np.array([nan, 1])})),
                          FP, "step 1: w: the gradient"),
    "fit, NaN gradient, clip": (lambda: train(lambda *_: StepResult(1, 1, {"w": np.array([nan, 1])}), clip=1.0), FP,
                                "step 1: w: the gradient holds NaN or infinity"),
    "fit, NaN validation": (lambda: train(validate=lambda params: nan), FP, "step 1: the validation is nan"),
    "sample, temperature": (lambda: drawn(temperature=-1),
                            V, "temperature, top_p: got -1, None, expected"),
    "sample, NaN": (lambda: drawn(temperature=nan), V, "temperature, top_p: got nan, None, expected"),
    "sample, top_k": (lambda: drawn(top_k=0), V, "top_k: got 0, expected an integer, at least 1"),
    "sample, top_p": (lambda: drawn(top_p=1.1), V, "temperature, top_p: got 1.0, 1.1, expected"),
    "sample, T": (lambda: drawn(T=-1), V, "T: got -1, expected an integer, at least 0"),
    "sample, start rank": (lambda: drawn(whole()), V, "start: got shape (), expected (B,) or (P, B)"),
    "sample, no prefix": (lambda: drawn(whole(0, 2)), V, "start: got shape (0, 2), expected (B,) or (P, B)"),
    "sample, float start": (lambda: drawn(np.zeros(2)), TY, "start: got dtype float64, expected integers"),
    "sample, NaN logits": (lambda: drawn(logits=nan), FP, "logits: got NaN, expected numbers"),
    "sample, id": (lambda: sample(lambda ids, s: MODEL.step(MODEL.init(rng), ids, s), (draw(1, 2, 5),), whole(2) + 9, 1,
                                  rng), V, "ids: got values in 9..9, expected 0..3"),
    "beam, k": (lambda: beamed(k=0), V, "k: got 0, expected an integer, at least 1"),
    "beam, start": (lambda: beamed(np.zeros(2)), TY, "start: got dtype float64, expected integers"),
    "beam, NaN logits": (lambda: beamed(logits=nan), FP, "logits: got NaN, expected numbers"),
    "vocabulary, twice": (lambda: Vocabulary(("a", "b", "a")),
                          V, "symbols: got ['a'] twice, expected each symbol once"),
    "encode": (lambda: Vocabulary.of("ab").encode("abc"),
               V, "text: got the symbol 'c', expected one of the vocabulary"),
    "decode, high": (lambda: Vocabulary.of("ab").decode([2]), V, "ids: got values in 2..2, expected 0..1"),
    "decode, negative": (lambda: Vocabulary.of("ab").decode([-1]), V, "ids: got values in -1..-1, expected 0..1"),
    "decode, float": (lambda: Vocabulary.of("ab").decode(wrong([0.5])),
                      TY, "ids: got dtype float64, expected integers"),
    "batches, B": (lambda: lm_batches(whole(9), 2, 0), V, "B: got 0, expected an integer, at least 1"),
    "batches, rank": (lambda: lm_batches(whole(9, 9), 2, 2), V, "ids: got shape (9, 9), expected (N,)"),
    "batches, T": (lambda: lm_batches(whole(9), 0, 2), V, "T: got 0, expected an integer, at least 1"),
    "batches, short": (lambda: lm_batches(whole(2), 2, 2), V, "ids: got 2 symbols, expected at least B + 1 = 3"),
    "batches, empty": (lambda: lm_batches(whole(0), 2, 2), V, "ids: got 0 symbols, expected at least B + 1 = 3"),
    "batches, float": (lambda: lm_batches(np.zeros(9), 2, 2), TY, "ids: got dtype float64, expected integers"),
    "batches, text": (lambda: lm_batches(wrong("abcdefghi"), 2, 2),
                      TY, "ids: got a str, expected an array of integers"),
    "pad, none": (lambda: pad_batch([]), V, "seqs: got none, expected at least one sequence"),
    "pad, float": (lambda: pad_batch([np.array([0.5])]),
                   V, "seqs: got (1,) of float64 at 0, expected (N,) of integers"),
    "shifted, none": (lambda: shifted([], 0), V, "seqs: got none, expected at least one sequence"),
    "length batches": (lambda: length_batches([1], 0), V, "B: got 0, expected an integer, at least 1"),
    "relative error": (lambda: relative_error(draw(2), draw(3)), V, "a: got shape (2,), expected (3,), that of b"),
    "gradcheck, names": (lambda: gradcheck(lambda a: 0j, {"x": draw(2)}, {}),
                         V, "gradients: got none for ['x'], expected"),
    "gradcheck, shape": (lambda: gradcheck(lambda a: 0j, {"x": draw(2)}, {"x": draw(3)}),
                         V, "gradients: got shape (3,) for"),
    "difference, eps": (lambda: finite_difference(np.sum, draw(2), 0), V, "eps: got 0, expected a positive number"),
    "difference, f": (lambda: finite_difference(wrong(lambda x: x), draw(2)),
                      TY, "f: got an array of shape (2,) from it, expected"),
    "complex step, eps": (lambda: complex_step(np.sum, draw(2), -1), V, "eps: got -1, expected a positive number"),
    "complex step, f": (lambda: complex_step(wrong(lambda x: x), draw(2)),
                        TY, "f: got an array of shape (2,) from it, expected"),
    "complex step, real": (lambda: complex_step(lambda x: 1.0, draw(2)),
                           TY, "f: got a float for a complex argument, expected"),
    "complex step, x": (lambda: complex_step(np.sum, draw(2) + 0j),
                        TY, "x: got dtype complex128, expected real numbers"),
    "split": (lambda: split(draw(2, 5), 2), V, "x: got shape (2, 5), expected a last axis that 2 divides"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_error_names_the_argument_what_it_got_and_what_was_expected(case):
    call, error, words = CASES[case]
    with pytest.raises(error, match="^(.*: )?" + re.escape(words)):
        call()


@pytest.mark.skipif(torch.cuda.is_available(), reason="is about machines without a CUDA device")
def test_a_device_that_is_not_there_is_named():
    with pytest.raises(RuntimeError, match="device: got 'cuda', expected 'cpu'"):
        to_device(XS, "cuda")


def test_after_a_nan_gradient_the_weights_are_the_old_ones(tmp_path):
    def step(params, k, rng, carry):
        return StepResult(1.0, 1, {"w": np.full(2, nan if k == 3 else 1.0)})

    with pytest.raises(FloatingPointError, match="step 4: w"):
        train(step, 10, every=1, run_dir=tmp_path)
    run = fit({"w": np.zeros(2)}, step, SGD(0.1), 3, rng, every=1, run_dir=tmp_path, progress=False)
    np.testing.assert_allclose(run.params["w"], -0.3)


def test_what_is_empty_but_meaningful_is_accepted():
    assert scan(RNN, XS[:, :0], (STATE[0][:0],), Params(*(p[:H] for p in PARAMS[:3])), whole(0))[0].shape == (T, 0, H)
    assert nn.embedding_forward(whole(0), draw(3, 2))[0].shape == (0, 2)
    total, count, _ = nn.cross_entropy(draw(0, 3), whole(0))
    assert (float(total), count) == (0, 0)
    assert clip_by_norm({}, 1.0) == ({}, 0.0)
    assert Vocabulary.of("").encode("").shape == (0,) and Vocabulary.of("ab").decode([]) == ""
    assert drawn(T=0).shape == (0, 2)
    ids, lengths = pad_batch([whole(0)])
    assert ids.shape == (1, 1) and list(lengths) == [0]
