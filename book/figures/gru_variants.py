"""The same weights in both variants of the GRU, over the same input; a slider parts the reset gates of the units."""

import altair as alt
import numpy as np

from rnncore.cells import GRU, GRU_BEFORE
from rnncore.scan import scan
from rnncore.types import Params

T, D, H = 30, 2, 4
SPREADS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)


def rows() -> list[dict]:
    """Return the state of unit 1 at every step, for each spread and variant."""
    rng = np.random.default_rng(6)
    V, W = rng.normal(size=(3 * H, D)), 1.2 * rng.normal(size=(3 * H, H))
    V[:H], W[:H] = 0.05 * V[:H], 0.05 * W[:H]  # the reset gates follow their biases, nearly
    xs, found = 0.7 * rng.normal(size=(T, 1, D)), []
    for number, spread in enumerate(SPREADS):
        b = np.concatenate([spread * np.array([1, -1, 1, -1]), np.full(H, 0.5), np.zeros(H)])
        for name, cell, own in (("after", GRU, (np.zeros(H),)), ("before", GRU_BEFORE, ())):
            hs, _, _ = scan(cell, xs, (np.zeros((1, H)),), Params(V, W, b, own))
            found += [
                {"k": number, "spread": spread, "step": t + 1, "reset": name, "state": round(float(hs[t, 0, 0]), 4)}
                for t in range(T)
            ]
    return found


def chart() -> alt.LayerChart:
    """Draw two lines, solid and dashed; the slider counts through the spreads."""
    choice = alt.param(
        name="gru_spread",
        value=4,
        bind=alt.binding_range(min=0, max=len(SPREADS) - 1, step=1, name="how far apart the reset gates are: "),
    )
    base = alt.Chart(alt.Data(values=rows())).transform_filter("datum.k == gru_spread")
    lines = base.mark_line(strokeWidth=2.5).encode(
        x=alt.X("step:Q", title="step"),
        y=alt.Y("state:Q", title="state of unit 1", scale=alt.Scale(domain=[-1, 1])),
        color=alt.Color(
            "reset:N",
            scale=alt.Scale(domain=["after", "before"], range=["currentColor", "#3b7dd8"]),
            legend=alt.Legend(orient="top", title="reset"),
        ),
        strokeDash=alt.StrokeDash("reset:N", scale=alt.Scale(domain=["after", "before"], range=[[1, 0], [6, 4]])),
    )
    return (
        alt.layer(lines)
        .add_params(choice)
        .properties(width=400, height=230, usermeta={"said": {"gru_spread": [f"{s:g}" for s in SPREADS]}})
        .configure_axis(labelFontSize=12, titleFontSize=13)
        .configure_legend(labelFontSize=13, titleFontSize=13)
    )
