"""The error of difference quotients against the step: the V, and the complex step that has none."""

import altair as alt
import numpy as np

from rnncore.cells import RNN
from rnncore.scan import scan
from rnncore.types import Params

T, D, H = 5, 2, 3


def problem():
    """Return L as a function of one entry of W, written so that a complex entry passes through."""
    rng = np.random.default_rng(0)
    V, W, b = rng.normal(size=(H, D)), rng.normal(size=(H, H)), rng.normal(size=H)
    x, h0, g = rng.normal(size=(T, 1, D)), rng.normal(size=(1, H)), rng.normal(size=(T, 1, H))

    def loss(w):
        moved = W.astype(type(w))
        moved[0, 1] = w
        return (g * scan(RNN, x, (h0,), Params(V, moved, b))[0]).sum()

    return loss, float(W[0, 1])


def errors() -> list[dict]:
    """Return relative errors for steps from 1e-15 to 1e-1; the reference is a complex step of 1e-200."""
    loss, w = problem()
    exact = float(loss(complex(w, 1e-200)).imag / 1e-200)
    rows = []
    for eps in np.logspace(-15, -1, 57):
        eps = float(eps)
        for name, value in [
            ("one-sided difference", (loss(w + eps) - loss(w)) / eps),
            ("central difference", (loss(w + eps) - loss(w - eps)) / (2 * eps)),
            ("complex step", loss(complex(w, eps)).imag / eps),
        ]:
            rows.append({"eps": eps, "method": name, "error": max(abs(value - exact) / abs(exact), 1e-17)})
    return rows


def chart() -> alt.Chart:
    """Draw three curves on logarithmic axes, told apart by their dashes."""
    names = ["one-sided difference", "central difference", "complex step"]
    power = {"format": ".0e", "labelOverlap": True}
    steps = alt.Axis(values=[1e-15, 1e-12, 1e-9, 1e-6, 1e-3], **power)
    sizes = alt.Axis(values=[1e-16, 1e-12, 1e-8, 1e-4, 1], **power)
    return (
        alt.Chart(alt.Data(values=errors()))
        .mark_line(color="#d6404a", strokeWidth=2)
        .encode(
            x=alt.X("eps:Q", title="step ε", scale=alt.Scale(type="log"), axis=steps),
            y=alt.Y("error:Q", title="relative error", scale=alt.Scale(type="log", domain=[1e-17, 10]), axis=sizes),
            strokeDash=alt.StrokeDash(
                "method:N",
                title=None,
                scale=alt.Scale(domain=names, range=[[2, 3], [8, 4], [1, 0]]),
                legend=alt.Legend(orient="top", columns=3, symbolStrokeColor="#d6404a", symbolSize=500),
            ),
            tooltip=["method:N", alt.Tooltip("eps:Q", format=".1e"), alt.Tooltip("error:Q", format=".1e")],
        )
        .properties(width=430, height=290)
        .configure_axis(labelFontSize=12, titleFontSize=13)
        .configure_legend(labelFontSize=12, titleFontSize=13)
    )
