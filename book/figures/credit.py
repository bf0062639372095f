"""Heat map of the size of dL_t/dh_s for every pair (t, s), for three sizes of W."""

import altair as alt
import numpy as np

from rnncore.cells import RNN
from rnncore.scan import scan
from rnncore.types import Params

T, D, H = 16, 3, 24
SCALES = (0.6, 1.0, 1.6)


def credit(scale: float) -> list[dict]:
    """Start, for each t, from a gradient of length one on h_t and carry it back with the Jacobians' transposes."""
    rng = np.random.default_rng(7)
    W = scale * np.linalg.qr(rng.normal(size=(H, H)))[0]
    V, g = 0.3 * rng.normal(size=(H, D)), rng.normal(size=(T, H))
    hs, _, _ = scan(RNN, rng.normal(size=(T, 1, D)), (np.zeros((1, H)),), Params(V, W, np.zeros(H)))
    rows = []
    for t in range(1, T + 1):
        back = g[t - 1] / np.linalg.norm(g[t - 1])
        for s in range(t, 0, -1):
            rows.append({"scale": scale, "t": t, "s": s, "log": float(np.log10(np.linalg.norm(back)))})
            back = W.T @ ((1 - hs[s - 1, 0] ** 2) * back)
    return rows


def chart() -> alt.Chart:
    """Draw a triangle of squares; the menu chooses the size of W."""
    rows = [row for scale in SCALES for row in credit(scale)]
    scale = alt.param(
        name="credit_scale",
        value=1.0,
        bind=alt.binding_select(options=list(SCALES), name="W is orthogonal times "),
    )
    steps = alt.Axis(values=[1, *range(4, T + 1, 4)], labelAngle=0, grid=False)
    return (
        alt.Chart(alt.Data(values=rows))
        .transform_filter("datum.scale == credit_scale")
        .mark_rect()
        .encode(
            x=alt.X("s:O", title="step s of the state", axis=steps, scale=alt.Scale(domain=list(range(1, T + 1)))),
            y=alt.Y("t:O", title="step t of the loss", axis=steps, scale=alt.Scale(domain=list(range(1, T + 1)))),
            color=alt.Color(
                "log:Q",
                title="log₁₀ ‖∂Lₜ/∂hₛ‖",
                scale=alt.Scale(domain=[-5, 0], range=["rgba(214, 64, 74, 0.03)", "rgb(214, 64, 74)"], clamp=True),
                legend=alt.Legend(orient="top", direction="horizontal", gradientLength=200, titleLimit=200),
            ),
            tooltip=["t:O", "s:O", alt.Tooltip("log:Q", format=".2f")],
        )
        .add_params(scale)
        .properties(width=430, height=330)
        .configure_axis(labelFontSize=12, titleFontSize=13)
        .configure_legend(labelFontSize=12, titleFontSize=13)
    )
