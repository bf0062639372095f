"""A trained LSTM reads a sentence word by word; then the gradient of the verb's loss travels back through the words."""

import altair as alt
import numpy as np

from rnncore.cells import LSTM
from rnncore.layers import cross_entropy, cross_entropy_backward, linear_backward, linear_forward
from rnncore.scan import scan, scan_backward
from rnncore.train.optim import Adam
from rnncore.types import Params

WORDS = ("the", "dog", "dogs", "cat", "cats", "tree", "trees", "near", "run", "runs")
SENTENCE = ("the", "dogs", "near", "the", "cat", "near", "the", "tree")
D, H, STEPS, BLUE, RED = 6, 8, 1500, "#2b62b3", "#d6404a"


def sentences(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return n sentences of three nouns as numbers (8, n), and the verb of each: the first noun decides it."""
    nouns = rng.integers(1, 7, size=(3, n))
    the, near = np.zeros(n, int), np.full(n, 7)
    ids = np.stack([the, nouns[0], near, the, nouns[1], near, the, nouns[2]])
    return ids, np.where(nouns[0] % 2 == 0, 8, 9)


def read(P: dict, ids: np.ndarray):
    """Return the states, the logits of the verb after every word, and what the backward pass needs."""
    hs, _, cache = scan(LSTM, P["E"][ids], (np.zeros((ids.shape[1], H)),) * 2, Params(P["V"], P["W"], P["b"]))
    y, readout = linear_forward(hs, P["U"], P["c"])
    return hs, y, (cache, readout)


def back(dy: np.ndarray, kept: tuple, ids: np.ndarray, E: np.ndarray) -> tuple[dict, np.ndarray]:
    """Return the gradients of all parameters, and those on the words' vectors."""
    cache, readout = kept
    dhs, dU, dc = linear_backward(dy, readout)
    dx, _, d = scan_backward(LSTM, dhs, None, cache)
    dE = np.zeros_like(E)
    np.add.at(dE, ids, dx)
    return {"E": dE, "V": d.V, "W": d.W, "b": d.b, "U": dU, "c": dc}, dx


def trained(seed: int = 2) -> dict:
    """Return the parameters after STEPS batches of 32 sentences."""
    rng = np.random.default_rng(seed)
    shapes = {
        "E": (len(WORDS), D),
        "V": (4 * H, D),
        "W": (4 * H, H),
        "b": (4 * H,),
        "U": (len(WORDS), H),
        "c": (len(WORDS),),
    }
    P = {name: rng.normal(size=shape) / np.sqrt(shape[-1]) for name, shape in shapes.items()}
    adam = Adam(0.02)
    state = adam.init(P)
    for _ in range(STEPS):
        ids, verbs = sentences(32, rng)
        _, y, cache = read(P, ids)
        _, _, losses = cross_entropy(y[-1], verbs)
        dy = np.zeros_like(y)
        dy[-1] = cross_entropy_backward(losses, scale=1 / 32)
        grads, _ = back(dy, cache, ids, P["E"])
        P, state = adam.update(P, grads, state)
    return P


def story() -> tuple[list[dict], list[dict], list[str]]:
    """Return the states, the words with their share of the gradient, and what is said at each moment."""
    P, ids = trained(), np.array([[WORDS.index(word)] for word in SENTENCE])
    hs, y, kept = read(P, ids)
    odds = y[:, 0, 8:] - y[:, 0, 8:].max(axis=1, keepdims=True)
    run = np.exp(odds[:, 0]) / np.exp(odds).sum(axis=1)
    _, _, losses = cross_entropy(y[-1], np.array([8]))
    dy = np.zeros_like(y)
    dy[-1] = cross_entropy_backward(losses)
    size = np.linalg.norm(back(dy, kept, ids, P["E"])[1][:, 0], axis=1)
    T = len(SENTENCE)
    states = [{"t": t, "unit": k, "h": round(float(hs[t, 0, k]), 3)} for t in range(T) for k in range(H)]
    words = [
        {"t": t, "word": word, "credit": round(float(size[t] / size.max()), 3), "run": round(float(run[t]), 3)}
        for t, word in enumerate(SENTENCE)
    ]
    said = ["Press play: a trained LSTM reads a sentence and has to choose its verb, run or runs."]
    said += [f"It has read “{word}”. Chance of “run”: {run[t]:.0%}." for t, word in enumerate(SENTENCE)]
    for t in reversed(range(T)):
        share = size[t] / size.max()
        said.append(
            f"Backwards: the gradient that reaches “{SENTENCE[t]}”, word {t + 1}, is {share:.0%} of the largest."
        )
    return states, words, said


def chart() -> alt.LayerChart:
    """Draw words, states and gradient; the parameter counts moments, first forwards, then backwards."""
    states, words, said = story()
    T = len(SENTENCE)
    moment = alt.param(
        name="reading_now", value=2 * T, bind=alt.binding_range(min=0, max=2 * T, step=1, name="moment ")
    )
    x = alt.X("t:O", axis=None, scale=alt.Scale(domain=list(range(T)), paddingInner=0.25))
    read_yet = "datum.t < reading_now"
    reached = f"reading_now > {T} && datum.t >= {2 * T} - reading_now"
    column = lambda y: alt.value(y)  # noqa: E731
    labels = alt.Chart(alt.Data(values=words)).mark_text(fontSize=15, fill="currentColor").encode(
        x=x, y=column(16), text="word:N", opacity=alt.condition(read_yet, alt.value(1), alt.value(0.25)))  # fmt: skip
    cells = alt.Chart(alt.Data(values=states)).mark_rect(cornerRadius=2).encode(
        x=x, y=alt.Y("unit:O", axis=None, scale=alt.Scale(range=[36, 180])),
        color=alt.Color("h:Q", legend=None, scale=alt.Scale(domain=[-1, 0, 1], range=["#8c8c8c", "#e9eef6", BLUE])),
        opacity=alt.condition(read_yet, alt.value(1), alt.value(0.06)),
        tooltip=["word:N", "unit:O", "h:Q"])  # fmt: skip
    credit = alt.Chart(alt.Data(values=words)).mark_circle(fill=RED).encode(
        x=x, y=column(206), size=alt.Size("credit:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=[8, 900])),
        opacity=alt.condition(reached, alt.value(0.9), alt.value(0)))  # fmt: skip
    return (
        alt.layer(labels, cells, credit)
        .add_params(moment)
        .properties(
            width=560,
            height=236,
            usermeta={"said": {"reading_now": said}, "play": {"param": "reading_now", "seconds": 14, "begin": True}},
        )
    )
