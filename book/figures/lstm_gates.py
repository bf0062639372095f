"""The gates of a trained LSTM, letter by letter, over one string of the embedded Reber grammar.

`python book/figures/lstm_gates.py` trains four such networks again and writes the best to results/reber-lstm.json.
"""

import json
import time
from pathlib import Path

import altair as alt
import numpy as np

from rnncore.cells import LSTM
from rnncore.data.sources import EMBEDDED_REBER
from rnncore.models import LanguageModel
from rnncore.scan import scan
from rnncore.tasks.command import machine
from rnncore.train import Adam
from rnncore.types import Params

STORED = Path(__file__).resolve().parents[2] / "results" / "reber-lstm.json"
H, UPDATES, SEEDS, FORGET_BIAS = 6, 2000, range(4), 2.0
INSIDE = "BTSXXVVE"


def batch(strings: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what is read, what comes next, and where there is a next symbol: each (T, B)."""
    T, B = max(map(len, strings)) - 1, len(strings)
    read, following, real = np.zeros((T, B), int), np.zeros((T, B), int), np.zeros((T, B), bool)
    for k, string in enumerate(strings):
        n = len(string) - 1
        read[:n, k], following[:n, k], real[:n, k] = string[:-1], string[1:], True
    return read, following, real


def train(seed: int) -> tuple[dict[str, np.ndarray], float]:
    """Return weights, and bits per fresh string above the source's own. Adam, batches of 16 strings.

    The embedding is folded into V, so that one-hot symbols go in.
    """
    rng = np.random.default_rng(seed)
    strings = EMBEDDED_REBER.sample(2000, rng)
    model = LanguageModel(7, 7, 4, H, LSTM)
    p, optimiser = model.init(rng), Adam(lr=0.03)
    p["rnn.b_l0"][H : 2 * H] = FORGET_BIAS
    state = optimiser.init(p)
    for _ in range(UPDATES):
        read, following, real = batch([strings[k] for k in rng.integers(len(strings), size=16)])
        *_, grads = model.loss(p, read, following, mask=real)
        p, state = optimiser.update(p, grads, state)
    fresh = EMBEDDED_REBER.sample(1000, np.random.default_rng(99))
    read, following, real = batch(fresh)
    total, _, _ = model.score(p, read, following, mask=real)
    above = (total + EMBEDDED_REBER.logprob(fresh).sum()) / len(fresh) / np.log(2)
    weights = {"V": p["rnn.V_l0"] @ p["E"].T, "W": p["rnn.W_l0"], "b": p["rnn.b_l0"], "U": p["U"], "c": p["c"]}
    return weights, float(above)


def record() -> dict:
    """Return what is stored: all seeds' scores, and the weights of the best."""
    start = time.perf_counter()
    runs = {seed: train(seed) for seed in SEEDS}
    best = min(runs, key=lambda seed: runs[seed][1])
    return {
        "task": "reber",
        "command": "python book/figures/lstm_gates.py",
        "seed": best,
        "steps": UPDATES,
        "minutes": round((time.perf_counter() - start) / 60, 2),
        "machine": machine(),
        "device": "cpu",
        "scores": {
            f"bits per string above the source, seed {seed}": round(above, 3) for seed, (_, above) in runs.items()
        },
        "weights": {name: w.round(4).tolist() for name, w in runs[best][0].items()},
    }


def blend(share: float, colour: str) -> str:
    """Blend from white at 0 to the colour at 1."""
    parts = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return "#" + "".join(f"{round(255 + share * (part - 255)):02x}" for part in parts)


def cells() -> list[dict]:
    """Return one coloured field for each letter, unit, and kind, for both first letters."""
    w = {name: np.array(value) for name, value in json.loads(STORED.read_text())["weights"].items()}
    found = []
    for first in "TP":
        text = f"B{first}{INSIDE}{first}"
        x = np.eye(7)[[EMBEDDED_REBER.words.index(letter) for letter in text]][:, None]
        zero = np.zeros((1, H))
        _, _, cache = scan(LSTM, x, (zero, zero), Params(w["V"], w["W"], w["b"]))
        saved = [step.saved[0] for step in cache.steps]
        C = [s[1] * s[4] + s[0] * s[2] for s in saved]  # f C + i g
        kinds = {"i": [s[0] for s in saved], "f": [s[1] for s in saved], "o": [s[3] for s in saved], "C": C}
        for row, (kind, values) in enumerate(kinds.items()):
            largest = np.abs(values).max() if kind == "C" else 1
            for t, unit in np.ndindex(len(text), H):
                value = values[t][0, unit]
                colour = "#e08a1e" if kind != "C" or value < 0 else "#3b7dd8"
                y = -row * (H + 1) - unit
                found.append(
                    {
                        "first": first,
                        "kind": kind,
                        "letter": text[t],
                        "unit": unit + 1,
                        "t": t,
                        "t2": t + 1,
                        "y": y,
                        "y2": y - 1,
                        "value": round(float(value), 2),
                        "colour": blend(abs(value) / largest, colour),
                    }
                )
    return found


def chart() -> alt.LayerChart:
    """Draw four bands of six rows, under the letters."""
    first = alt.param(name="reber_first", value="T", bind=alt.binding_radio(options=["T", "P"], name="second letter: "))
    fields = cells()
    letters = [
        {"first": first, "t": t + 0.5, "y": 0.8, "letter": letter}
        for first in "TP"
        for t, letter in enumerate(f"B{first}{INSIDE}{first}")
    ]
    names = [{"t": -0.35, "y": -row * (H + 1) - H / 2, "name": name} for row, name in enumerate("ifoC")]
    x = lambda field: alt.X(f"{field}:Q", axis=None, scale=alt.Scale(domain=[-0.9, 11.2]))  # noqa: E731
    y = lambda field: alt.Y(f"{field}:Q", axis=None, scale=alt.Scale(domain=[-4 * (H + 1) + 0.8, 1.6]))  # noqa: E731
    shown = lambda rows: alt.Chart(alt.Data(values=rows)).transform_filter("datum.first == reber_first")  # noqa: E731
    colours = alt.Scale(domain=["i", "f", "o", "C"], range=["#e08a1e"] * 3 + ["#3b7dd8"])
    return (
        alt.layer(
            shown(fields)
            .mark_rect(stroke="#8c8c8c", strokeWidth=0.5)
            .encode(
                x=x("t"),
                x2="t2:Q",
                y=y("y"),
                y2="y2:Q",
                color=alt.Color("colour:N", scale=None),
                tooltip=["kind:N", "unit:Q", "letter:N", "value:Q"],
            ),
            shown(letters)
            .mark_text(fontSize=16, fontWeight="bold", color="currentColor")
            .encode(x=x("t"), y=y("y"), text="letter:N"),
            alt.Chart(alt.Data(values=names))
            .mark_text(fontSize=17, fontWeight="bold")
            .encode(x=x("t"), y=y("y"), text="name:N", color=alt.Color("name:N", scale=colours, legend=None)),
        )
        .add_params(first)
        .resolve_scale(color="independent")
        .properties(width=440, height=400, view=alt.ViewConfig(stroke=None))
    )


if __name__ == "__main__":
    STORED.write_text(json.dumps(record(), indent=1) + "\n")
    print(f"results: {STORED}")
