"""The share of the old state that is kept, against the argument of z, in both conventions."""

import altair as alt
import numpy as np

from rnncore.ops import sigmoid


def chart() -> alt.LayerChart:
    """Draw two mirrored curves, each with its name."""
    a = np.linspace(-6, 6, 61)
    kept = {"z keeps the old": sigmoid(a), "z takes the new": 1 - sigmoid(a)}
    rows = [{"a": float(x), "kept": float(v), "name": name} for name, values in kept.items() for x, v in zip(a, values)]
    names = [{"a": 3.6, "kept": 0.86, "name": "z keeps the old"}, {"a": 3.6, "kept": 0.14, "name": "z takes the new"}]
    colour = alt.Color("name:N", scale=alt.Scale(domain=list(kept), range=["#e08a1e", "#3b7dd8"]), legend=None)
    x, y = alt.X("a:Q", title="argument of z"), alt.Y("kept:Q", title="share of the old state")
    return (
        alt.layer(
            alt.Chart(alt.Data(values=rows)).mark_line(strokeWidth=2.5).encode(x=x, y=y, color=colour),
            alt.Chart(alt.Data(values=names)).mark_text(fontSize=13).encode(x=x, y=y, text="name:N", color=colour),
        )
        .properties(width=400, height=200)
        .configure_axis(labelFontSize=12, titleFontSize=13)
    )
