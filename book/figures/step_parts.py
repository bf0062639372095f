"""The two sums that enter one step of the network, and the state that leaves it."""

import altair as alt
import numpy as np

from rnncore.cells.rnn import rnn_forward

D, H = 3, 4


def parts() -> list[dict]:
    """Return one row for each unit and each of the three vectors."""
    rng = np.random.default_rng(5)
    V, W, b = rng.normal(size=(H, D)), rng.normal(size=(H, H)), rng.normal(size=H)
    x, h = rng.normal(size=(1, D)), np.tanh(rng.normal(size=(1, H)))
    a, u = x @ V.T + b, h @ W.T
    (new,), _ = rnn_forward((a,), (u,), (h,), ())
    named = [("V x + b", a), ("W h", u), ("new state", new)]
    return [{"unit": i + 1, "part": name, "value": float(v[0, i])} for name, v in named for i in range(H)]


def chart() -> alt.FacetChart:
    """Draw three rows of bars on one scale."""
    names = ["V x + b", "W h", "new state"]
    bars = (
        alt.Chart(alt.Data(values=parts()))
        .mark_bar(size=26)
        .encode(
            x=alt.X("unit:O", title="unit", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("value:Q", title=None),
            color=alt.Color(
                "part:N", scale=alt.Scale(domain=names, range=["#8c8c8c", "#3b7dd8", "#3b7dd8"]), legend=None
            ),
        )
        .properties(width=260, height=80)
    )
    return bars.facet(row=alt.Row("part:N", sort=names, title=None, header=alt.Header(labelAngle=0, labelAlign="left")))
