"""The weights of a trained network on one string of the reversal source."""

import altair as alt
import numpy as np

from rnncore.cells import CELLS
from rnncore.data.sources import Reversal
from rnncore.layers import dot_attention
from rnncore.models import Seq2Seq
from rnncore.tasks.translate import train_source


def weights() -> list[dict]:
    """Train as on the page, then attend over one string of eight symbols."""
    source = Reversal(K=6, noise=0.1, lo=3, hi=9)
    _, run = train_source(source, steps=400, attention="dot", progress=False)
    model = Seq2Seq(source.symbols, source.symbols + 1, 24, 48, CELLS["gru"], attention="dot")
    string = np.array([3, 1, 5, 0, 2, 4, 1, 0])
    state, _ = model.encode(run.params, string[:, None], np.array([8]))
    n = len(model.cell.state)
    y = run.params["Y"][np.array([source.symbols, *string[::-1][:-1]])][:, None]
    hs, _, _ = model.decoder.forward({k[4:]: v for k, v in run.params.items() if k.startswith("dec.")}, y, state[:n])
    _, w, _ = dot_attention(hs, *state[n:], model.H**-0.5)
    return [
        {"source": f"{s + 1}: {string[s]}", "target": f"{t + 1}: {string[::-1][t]}", "weight": float(w[0, t, s])}
        for t in range(8)
        for s in range(8)
    ]


def chart() -> alt.Chart:
    """Draw one square for each pair of steps."""
    return (
        alt.Chart(alt.Data(values=weights()))
        .mark_rect(color="#3b7dd8")
        .encode(
            x=alt.X("source:N", title="source step and symbol", sort=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("target:N", title="target step and symbol", sort=None),
            opacity=alt.Opacity("weight:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=[0.04, 1])),
            tooltip=["source:N", "target:N", alt.Tooltip("weight:Q", format=".2f")],
        )
        .properties(width=330, height=260)
        .configure_axis(labelFontSize=13, titleFontSize=13)
    )
