"""The network unrolled for as many steps as the slider says; its parameters are counted, and stay."""

import altair as alt
import numpy as np

LONGEST, D, H = 6, 3, 4
LOW = "₀₁₂₃₄₅₆"


def parameters() -> int:
    """Return the number of entries of V, W and b."""
    return sum(np.zeros(shape).size for shape in [(H, D), (H, H), (H,)])


def chart() -> alt.LayerChart:
    """Draw states in blue above inputs in grey, up to step unroll_T."""
    steps = alt.param(
        name="unroll_T", value=4, bind=alt.binding_range(min=1, max=LONGEST, step=1, name="number of steps T = ")
    )
    x = lambda field="x": alt.X(f"{field}:Q", axis=None, scale=alt.Scale(domain=[-0.4, LONGEST + 0.4]))  # noqa: E731
    y = lambda field="y": alt.Y(f"{field}:Q", axis=None, scale=alt.Scale(domain=[-1.35, 1.2]))  # noqa: E731
    drawn = lambda rows: alt.Chart(alt.Data(values=rows)).transform_filter("datum.k <= unroll_T")  # noqa: E731

    states = [{"k": k, "x": k, "y": 0, "name": f"h{LOW[k]}"} for k in range(LONGEST + 1)]
    steps_in = range(1, LONGEST + 1)
    inputs = [{"k": k, "x": k, "y": -1.05, "name": f"x{LOW[k]}"} for k in steps_in]
    across = [{"k": k, "x": k - 0.8, "x2": k - 0.27, "tip": k - 0.25, "mid": k - 0.5, "y": 0} for k in steps_in]
    up = [{"k": k, "x": k, "y": -0.85, "y2": -0.3, "side": k + 0.17, "mid": -0.6} for k in steps_in]
    counts = [{"k": 0, "n": k, "x": 0, "y": 0.9, "name": f"T = {k}: {parameters()} parameters"} for k in steps_in]
    parts = [
        drawn(across).mark_rule(color="#3b7dd8", strokeWidth=2).encode(x=x(), x2="x2:Q", y=y()),
        drawn(across)
        .mark_point(shape="triangle-right", filled=True, size=70, opacity=1, color="#3b7dd8")
        .encode(x=x("tip"), y=y()),
        drawn(across).mark_text(dy=-13, fontSize=14, color="#3b7dd8").encode(x=x("mid"), y=y(), text=alt.value("W")),
        drawn(up).mark_rule(color="#8c8c8c", strokeWidth=2).encode(x=x(), y=y(), y2="y2:Q"),
        drawn(up)
        .mark_point(shape="triangle-up", filled=True, size=70, opacity=1, color="#8c8c8c")
        .encode(x=x(), y=y("y2")),
        drawn(up).mark_text(fontSize=14, color="#8c8c8c").encode(x=x("side"), y=y("mid"), text=alt.value("V")),
        drawn(states).mark_circle(size=900, opacity=1, color="#3b7dd8").encode(x=x(), y=y()),
        drawn(states).mark_text(color="white", fontSize=14, fontWeight="bold").encode(x=x(), y=y(), text="name:N"),
        drawn(inputs).mark_text(color="#8c8c8c", fontSize=15).encode(x=x(), y=y(), text="name:N"),
        drawn(counts)
        .transform_filter("datum.n == unroll_T")
        .mark_text(align="left", fontSize=14, color="currentColor")
        .encode(x=x(), y=y(), text="name:N"),
    ]
    return (
        alt.layer(*parts)
        .add_params(steps)
        .properties(
            width=460,
            height=210,
            view=alt.ViewConfig(stroke=None),
            usermeta={"play": {"param": "unroll_T", "seconds": 5}},
        )
    )
