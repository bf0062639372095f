"""What a state does in the padding, with and without a mask."""

import altair as alt
import numpy as np

from rnncore.cells import RNN
from rnncore.layers import init_recurrent
from rnncore.scan import scan

T, D, H, LENGTH = 10, 2, 4, 4


def chart() -> alt.LayerChart:
    """Draw the first entry of the state over time: solid with the mask, dashed without."""
    rng = np.random.default_rng(3)
    params, x = init_recurrent(RNN, D, H, rng), rng.normal(size=(T, 1, D))
    x[LENGTH:] = 0
    h0 = (np.zeros((1, H)),)
    runs = {"unmasked": scan(RNN, x, h0, params)[0], "masked": scan(RNN, x, h0, params, np.array([LENGTH]))[0]}
    rows = [{"t": t + 1, "h": float(hs[t, 0, 0]), "run": name} for name, hs in runs.items() for t in range(T)]
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X(
            "t:Q", title="step t", scale=alt.Scale(domain=[1, T], nice=False), axis=alt.Axis(format="d", tickCount=T)
        ),
        y=alt.Y("h:Q", title="first entry of the state"),
    )
    line = base.mark_line(color="#3b7dd8", strokeWidth=2).encode(
        strokeDash=alt.StrokeDash(
            "run:N", scale=alt.Scale(domain=["masked", "unmasked"], range=[[1, 0], [5, 4]]), legend=None
        )
    )
    names = base.transform_filter(f"datum.t == {T}").mark_text(align="left", dx=8, fontSize=13, color="currentColor")
    end = alt.Chart(alt.Data(values=[{"t": LENGTH}])).mark_rule(color="#8c8c8c", strokeWidth=1.5).encode(x="t:Q")
    return alt.layer(end, line, names.encode(text="run:N")).properties(width=420, height=200)
