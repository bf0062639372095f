"""A gradient of two entries, clipped by norm to a circle and by value to a square; a slider turns it."""

import altair as alt
import numpy as np

from rnncore.train import clip_by_norm, clip_by_value

LENGTH = 2.5
ANGLES = range(0, 91, 5)
KINDS = ("gradient", "by norm", "by value")


def rows() -> list[dict]:
    """Return for each angle the ends of three arrows from the origin."""
    found = []
    for angle in ANGLES:
        g = LENGTH * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
        ends = (g, clip_by_norm({"g": g}, 1.0)[0]["g"], clip_by_value({"g": g}, 1.0)["g"])
        found += [
            {"angle": angle, "kind": kind, "x": round(float(end[0]), 4), "y": round(float(end[1]), 4), "x0": 0, "y0": 0}
            for kind, end in zip(KINDS, ends)
        ]
    return found


def chart() -> alt.LayerChart:
    """Draw the quarter of the plane with positive entries."""
    angle = alt.param(name="clip_angle", value=20, bind=alt.binding_range(min=0, max=90, step=5, name="angle: "))
    around = np.radians(np.arange(0, 91, 3))
    circle = [{"x": float(np.cos(a)), "y": float(np.sin(a)), "order": k} for k, a in enumerate(around)]
    square = [{"x": 1, "y": 0, "order": 0}, {"x": 1, "y": 1, "order": 1}, {"x": 0, "y": 1, "order": 2}]
    axis = {"scale": alt.Scale(domain=[0, 2.6]), "axis": alt.Axis(values=[0, 1, 2])}
    x, y = alt.X("x:Q", title="first entry", **axis), alt.Y("y:Q", title="second entry", **axis)
    shown = alt.Chart(alt.Data(values=rows())).transform_filter("datum.angle == clip_angle")
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=list(KINDS), range=["#8c8c8c", "#d6404a", "#e08a1e"]),
        legend=alt.Legend(orient="top", title=None),
    )
    dash = alt.StrokeDash("kind:N", scale=alt.Scale(domain=list(KINDS), range=[[2, 3], [1, 0], [7, 4]]))
    arrows = shown.mark_rule(strokeWidth=3).encode(
        x=alt.X("x0:Q", **axis), y=alt.Y("y0:Q", **axis), x2="x:Q", y2="y:Q", color=colour, strokeDash=dash
    )
    tips = shown.mark_point(filled=True, size=70, opacity=1).encode(x=x, y=y, color=colour)
    outlines = [
        alt.Chart(alt.Data(values=line)).mark_line(color="#8c8c8c", strokeWidth=1.5).encode(x=x, y=y, order="order:Q")
        for line in (circle, square)
    ]
    return (
        alt.layer(*outlines, arrows, tips)
        .add_params(angle)
        .properties(width=300, height=300, usermeta={"play": {"param": "clip_angle", "seconds": 7}})
        .configure_axis(labelFontSize=12, titleFontSize=13)
        .configure_legend(labelFontSize=13)
    )
