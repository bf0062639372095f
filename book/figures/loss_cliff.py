"""The loss of one unit after 40 steps against its weight, and two descents from the top of the cliff."""

import altair as alt
import numpy as np

from rnncore.train import clip_by_norm

START, UPDATES, T = 1.15, 40, 40


def loss_and_slope(w: float) -> tuple[float, float]:
    """Return half the square of h_T with h_t = tanh(w h_{t-1}), and its slope."""
    h, d = 0.01, 0.0
    for _ in range(T):
        new = float(np.tanh(w * h))
        h, d = new, (1 - new**2) * (h + w * d)
    return 0.5 * h**2, h * d


def path(thr: float | None) -> list[dict]:
    """Return the weight at every update."""
    w, found = START, []
    for k in range(UPDATES):
        loss, g = loss_and_slope(w)
        found.append({"w": w, "loss": loss, "k": k, "way": "without a clip" if thr is None else "with thr = 0.1"})
        w -= float(clip_by_norm({"w": np.array(g)}, thr)[0]["w"]) if thr is not None else g
    return found


def chart() -> alt.LayerChart:
    """Draw the curve in grey, the descents in red and blue."""
    curve = [{"w": float(w), "loss": loss_and_slope(w)[0]} for w in np.linspace(-1.6, 1.6, 161)]
    names = ["without a clip", "with thr = 0.1"]
    x = alt.X("w:Q", title="w", scale=alt.Scale(domain=[-1.6, 1.6], clamp=True))
    y = alt.Y("loss:Q", title="loss")
    base = alt.Chart(alt.Data(values=path(None) + path(0.1))).encode(
        x=x,
        y=y,
        order="k:Q",
        color=alt.Color(
            "way:N",
            scale=alt.Scale(domain=names, range=["#d6404a", "#3b7dd8"]),
            legend=alt.Legend(orient="top", title=None),
        ),
    )
    dash = alt.StrokeDash("way:N", scale=alt.Scale(domain=names, range=[[7, 4], [1, 0]]))
    return (
        alt.layer(
            alt.Chart(alt.Data(values=curve)).mark_line(color="#8c8c8c", strokeWidth=3).encode(x=x, y=y),
            base.mark_line(strokeWidth=2).encode(strokeDash=dash),
            base.mark_point(filled=True, size=40, opacity=1),
        )
        .properties(width=400, height=230)
        .configure_axis(labelFontSize=12, titleFontSize=13)
        .configure_legend(labelFontSize=13)
    )
