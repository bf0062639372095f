"""A tagger that reads from both ends. The oracle is torch's bidirectional RNN over packed sentences; padding is not
compared.
"""

import numpy as np
import torch

from autograder.checks.case import Case
from autograder.checks.contract import Contract

FUNCTIONS = ("tag_scores",)
EQUATION = "tag-scores"
PAGE = "ch09_tagging/tagger"
DEMANDS = ("sizes of 1", "views")
CONTRACT = Contract(takes={"ids": "T B", "lengths": "B", "P": {"c": "K"}}, returns={"scores": "T B K"})
SIZES = (
    (6, (2, 6, 4), 5, 3, 4, 3),
    (5, (5, 1), 4, 4, 2, 5),
    (4, (3, 4, 2, 3, 1), 6, 2, 5, 4),
    (3, (2, 3), 3, 1, 1, 2),
    (1, (1, 1), 3, 2, 3, 2),
)


def weights(rng, words, D, H, K):
    shapes = {"E": (words, D), "U": (K, 2 * H), "c": (K,)}
    for end in "fb":
        shapes.update({f"V_{end}": (H, D), f"W_{end}": (H, H), f"b_{end}": (H,)})
    return {name: 0.8 * rng.normal(size=shape) for name, shape in shapes.items()}


def by_torch(ids, lengths, P):
    net = torch.nn.RNN(P["E"].shape[1], len(P["b_f"]), bidirectional=True, dtype=torch.float64)
    state = {}
    for end, mark in (("f", ""), ("b", "_reverse")):
        named = {"weight_ih_l0": P[f"V_{end}"], "weight_hh_l0": P[f"W_{end}"], "bias_ih_l0": P[f"b_{end}"],
                 "bias_hh_l0": 0 * P[f"b_{end}"]}  # fmt: skip
        state.update({key + mark: torch.from_numpy(np.array(value)) for key, value in named.items()})
    net.load_state_dict(state)
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        torch.from_numpy(P["E"][ids]), torch.from_numpy(np.array(lengths)), enforce_sorted=False
    )
    with torch.no_grad():
        hs, _ = torch.nn.utils.rnn.pad_packed_sequence(net(packed)[0], total_length=len(ids))
    return hs.numpy() @ P["U"].T + P["c"]


def real(scores, ids, lengths, K):
    """The scores at real words, sentence by sentence. Raises ValueError, in words, for another shape."""
    scores = np.asarray(scores, float)
    if scores.shape != (*ids.shape, K):
        raise ValueError(f"the scores have shape {scores.shape}, expected (T, B, K) = {(*ids.shape, K)}")
    return np.concatenate([scores[:n, b] for b, n in enumerate(lengths)])


def one(name, ids, lengths, P):
    K = len(P["c"])
    run = lambda f: {"scores at real words": real(f.tag_scores(ids, lengths, P), ids, lengths, K)}  # noqa: E731
    return Case(name, run, {"scores at real words": real(by_torch(ids, lengths, P), ids, lengths, K)})


def cases(rng):
    for T, lengths, words, D, H, K in SIZES:
        ids = rng.integers(words, size=(T, len(lengths)))
        yield one(
            f"T={T}, lengths {lengths}, D={D}, H={H}, K={K}", ids, np.array(lengths), weights(rng, words, D, H, K)
        )
    T, lengths, words, D, H, K = SIZES[0]
    P, lengths = weights(rng, words, D, H, K), np.array(lengths)
    ids = rng.integers(words, size=(T, len(lengths)))
    yield one("more padding", np.vstack([ids, rng.integers(words, size=(3, 3))]), lengths, P)
    yield one("one sentence alone", ids[:, 2:], lengths[2:], P)
    yield one("a column-major array", np.asfortranarray(ids), lengths, P)


EXPLAINED = {
    r"`steps < lengths` became `steps <= lengths`|\(number 3 of 3\)": "It changes only what stands behind the end of a sentence, "
    "where nothing is compared.",
    r"`ids` became `x` in `steps, columns": "Words and their embeddings have the same number of steps.",
}
