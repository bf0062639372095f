"""Paths of h_t = tanh(W h_{t-1}) in the plane, for a W that turns by an angle and stretches by a scale."""

import altair as alt
import numpy as np

from rnncore.cells import RNN
from rnncore.scan import scan
from rnncore.types import Params

STEPS, START = 30, [[0.9, 0.2]]
ANGLES, SCALES = range(0, 181, 30), [0.6, 0.8, 1.0, 1.2, 1.4]


def path(angle: float, scale: float) -> np.ndarray:
    """Return h_0 .. h_30, (31, 2), with no input and no bias."""
    a, h0 = np.deg2rad(angle), np.array(START)
    W = scale * np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    hs, _, _ = scan(RNN, np.zeros((STEPS, 1, 1)), (h0,), Params(np.zeros((2, 1)), W, np.zeros(2)))
    return np.concatenate([h0, hs[:, 0]])


def chart() -> alt.LayerChart:
    """Draw one path, chosen by two sliders; the start in grey."""
    slide = lambda name, value, low, high, step, text: alt.param(  # noqa: E731
        name=name, value=value, bind=alt.binding_range(min=low, max=high, step=step, name=text)
    )
    angle = slide("path_angle", 30, ANGLES[0], ANGLES[-1], 30, "angle in degrees: ")
    scale = slide("path_scale", 8, 6, 14, 2, "scale: ")
    rows = [
        {"angle": a, "scale": round(10 * s), "t": t, "h1": round(float(h[0]), 4), "h2": round(float(h[1]), 4)}
        for a in ANGLES
        for s in SCALES
        for t, h in enumerate(path(a, s))
    ]
    base = (
        alt.Chart(alt.Data(values=rows))
        .transform_filter("datum.angle == path_angle && datum.scale == path_scale")
        .encode(
            x=alt.X("h1:Q", title="first entry of h", scale=alt.Scale(domain=[-1, 1])),
            y=alt.Y("h2:Q", title="second entry of h", scale=alt.Scale(domain=[-1, 1])),
        )
    )
    parts = [
        base.mark_line(color="#3b7dd8", strokeWidth=1.2, opacity=0.6).encode(order="t:Q"),
        base.mark_circle(color="#3b7dd8", size=35, opacity=1).encode(tooltip=["t:Q", "h1:Q", "h2:Q"]),
        base.transform_filter("datum.t == 0").mark_circle(color="#8c8c8c", size=110, opacity=1),
        base.transform_filter("datum.t == 0")
        .mark_text(align="right", dx=-9, dy=-9, fontSize=13, color="currentColor")
        .encode(text=alt.value("start")),
    ]
    return (
        alt.layer(*parts)
        .add_params(angle, scale)
        .properties(
            width=320,
            height=320,
            usermeta={
                "said": {"path_scale": [f"{s:g}" for s in SCALES]},
                "play": {"param": "path_angle", "seconds": 8},
            },
        )
    )
