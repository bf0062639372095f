"""How far the truncated gradient is from the true one, against the chunk length k, for a loss at the last step only."""

import altair as alt
import numpy as np

from rnncore.cells import RNN
from rnncore.scan import scan, scan_backward
from rnncore.types import Params

T, B, D, H = 24, 64, 2, 16
SCALES = (0.5, 0.8, 1.0)


def bias(scale: float) -> list[dict]:
    """Return the relative distance of the truncated dW to the full one, in the Frobenius norm."""
    rng = np.random.default_rng(3)
    W = scale * np.linalg.qr(rng.normal(size=(H, H)))[0]
    params = Params(0.3 * rng.normal(size=(H, D)), W, np.zeros(H))
    hs, _, cache = scan(RNN, rng.normal(size=(T, B, D)), (np.zeros((B, H)),), params)
    dhs = np.zeros_like(hs)
    dhs[-1] = hs[-1] @ rng.normal(size=(H, H)) / B
    gradient = lambda k: scan_backward(RNN, dhs, None, cache, truncate=k)[2].W  # noqa: E731
    full = gradient(T)
    return [
        {"k": k, "scale": str(scale), "bias": float(np.linalg.norm(gradient(k) - full) / np.linalg.norm(full))}
        for k in range(1, T + 1)
        if T % k == 0
    ]


def chart() -> alt.LayerChart:
    """Draw one line per size of W, told apart by dashes and by a label at the left end."""
    base = alt.Chart(alt.Data(values=[row for scale in SCALES for row in bias(scale)])).encode(
        x=alt.X("k:O", title="chunk length k", axis=alt.Axis(labelAngle=0), scale=alt.Scale(type="point", padding=1.1)),
        y=alt.Y("bias:Q", title="distance to the true dL/dW", axis=alt.Axis(format="%")),
        tooltip=["k:O", "scale:N", alt.Tooltip("bias:Q", format=".1%")],
    )
    dashes = alt.Scale(domain=[str(s) for s in SCALES], range=[[2, 3], [8, 4], [1, 0]])
    lines = base.mark_line(color="#d6404a", strokeWidth=2, clip=False).encode(
        strokeDash=alt.StrokeDash("scale:N", scale=dashes, legend=None)
    )
    points = base.mark_point(color="#d6404a", filled=True, size=45, opacity=1)
    names = (
        base.transform_filter("datum.k == 1")
        .mark_text(align="right", dx=-10, fontSize=13, color="currentColor")
        .encode(text="scale:N")
    )
    return (
        alt.layer(lines, points, names)
        .properties(width=430, height=260)
        .configure_axis(labelFontSize=12, titleFontSize=13)
        .configure_legend(labelFontSize=12, titleFontSize=13)
    )
