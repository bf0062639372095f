"""What a trained LSTM loses when one gate of one unit is held at a fixed value, at two kinds of letters."""

import itertools
import json
from pathlib import Path

import altair as alt
import numpy as np

from rnncore.cells import LSTM
from rnncore.data.sources import EMBEDDED_REBER
from rnncore.scan import scan
from rnncore.types import Params

STORED = Path(__file__).resolve().parents[2] / "results" / "reber-lstm.json"
VALUES = (0, 0.2, 0.4, 0.6, 0.8, 1)
KINDS = ["the repeated letter", "all other letters"]


def rows() -> list[dict]:
    """Return the bits per string above what the source itself needs, for each unit, gate, value, and kind of letter."""
    w = {name: np.array(value) for name, value in json.loads(STORED.read_text())["weights"].items()}
    strings = EMBEDDED_REBER.sample(200, np.random.default_rng(7))
    B, T, H = len(strings), max(map(len, strings)) - 1, w["W"].shape[1]
    read, following, kind = np.zeros((T, B), int), np.zeros((T, B), int), np.full((T, B), -1)
    for k, string in enumerate(strings):
        n = len(string) - 1
        read[:n, k], following[:n, k], kind[:n, k] = string[:-1], string[1:], 1
        kind[n - 2, k] = 0  # the last but one letter is the second again
    source = [0, -EMBEDDED_REBER.logprob(strings).sum() / np.log(2)]  # the repeated letter is certain
    found = []
    for unit, gate, held in itertools.product(range(H), "ifo", VALUES):
        hs, _, _ = scan(LSTM, np.eye(7)[read], (np.zeros((B, H)), np.zeros((B, H))), frozen(w, gate, unit, held))
        y = hs @ w["U"].T + w["c"]
        top = y.max(axis=-1, keepdims=True)
        logs = y - top - np.log(np.exp(y - top).sum(axis=-1, keepdims=True))
        bits = -np.take_along_axis(logs, following[..., None], axis=-1)[..., 0] / np.log(2)
        for number, name in enumerate(KINDS):
            extra = (bits[kind == number].sum() - source[number]) / B
            found.append(
                {"unit": unit + 1, "gate": gate, "held": held, "letters": name, "bits": round(float(extra), 3)}
            )
    return found


def frozen(w: dict[str, np.ndarray], gate: str, unit: int, value: float) -> Params:
    """Return the weights with one gate of one unit held: its row is zero, and its bias gives it this value."""
    V, W, b = w["V"].copy(), w["W"].copy(), w["b"].copy()
    row = "ifgo".index(gate) * W.shape[1] + unit
    with np.errstate(divide="ignore"):
        V[row], W[row], b[row] = 0, 0, np.clip(np.log(value) - np.log1p(-value), -1000, 1000)
    return Params(V, W, b)


def chart() -> alt.LayerChart:
    """Draw two lines over the value at which the gate is held."""
    unit = alt.param(name="freeze_unit", value=1, bind=alt.binding_range(min=1, max=6, step=1, name="unit: "))
    gate = alt.param(name="freeze_gate", value="f", bind=alt.binding_radio(options=["i", "f", "o"], name="gate: "))
    lines = (
        alt.Chart(alt.Data(values=rows()))
        .transform_filter("datum.unit == freeze_unit && datum.gate == freeze_gate")
        .mark_line(strokeWidth=2.5, clip=True, point=alt.OverlayMarkDef(size=60))
        .encode(
            x=alt.X("held:Q", title="value at which the gate is held", axis=alt.Axis(values=VALUES, format=".1f")),
            y=alt.Y("bits:Q", title="bits per string, above the source", scale=alt.Scale(domain=[0, 6])),
            color=alt.Color(
                "letters:N",
                scale=alt.Scale(domain=KINDS, range=["#3b7dd8", "#8c8c8c"]),
                legend=alt.Legend(orient="top", title=None, symbolType="stroke"),
            ),
            strokeDash=alt.StrokeDash("letters:N", scale=alt.Scale(domain=KINDS, range=[[1, 0], [6, 4]])),
            tooltip=["letters:N", "held:Q", "bits:Q"],
        )
    )
    return (
        alt.layer(lines)
        .add_params(unit, gate)
        .properties(width=390, height=230)
        .configure_axis(labelFontSize=14, titleFontSize=15)
        .configure_legend(labelFontSize=15)
    )
