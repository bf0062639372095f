"""Which step gets which share of the gradient, for four ways of pooling; three steps of padding at the end."""

import altair as alt
import numpy as np

from rnncore.gradcheck import complex_step
from rnncore.layers import attention_pool, masked_max, masked_max_backward, masked_mean

T, N, H = 12, 9, 16


def shares() -> list[dict]:
    """Return the size of dh_t relative to the sum over all steps."""
    rng = np.random.default_rng(4)
    hs, n, dy = rng.normal(size=(T, 1, H)), np.array([N]), rng.normal(size=(1, H))
    A, a, v = rng.normal(size=(6, H)) / 3, np.zeros(6), 1.2 * rng.normal(size=6)
    last = np.zeros_like(hs)
    last[N - 1] = dy
    found = {
        "last": last,
        "mean": complex_step(lambda h: (dy * masked_mean(h, n)[0]).sum(), hs),
        "maximum": masked_max_backward(dy, masked_max(hs, n)[1]),
        "attention": complex_step(lambda h: (dy * attention_pool(h, n, A, a, v)[0]).sum(), hs),
    }
    rows = []
    for name, dhs in found.items():
        size = np.abs(dhs).sum(axis=(1, 2))
        rows += [{"pooling": name, "t": t + 1, "share": float(size[t] / size.sum())} for t in range(T)]
    return rows


def chart() -> alt.Chart:
    """Draw circles whose area is the share."""
    return (
        alt.Chart(alt.Data(values=shares()))
        .mark_circle(color="#d6404a", opacity=0.85)
        .encode(
            x=alt.X("t:O", title="step t (9 steps, then padding)", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("pooling:N", title=None, sort=["last", "mean", "maximum", "attention"]),
            size=alt.Size("share:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=[0, 700])),
            tooltip=["pooling:N", "t:O", alt.Tooltip("share:Q", format=".0%")],
        )
        .properties(width=370, height=190)
        .configure_axis(labelFontSize=13, titleFontSize=13)
    )
