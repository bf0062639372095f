"""Norm of the k-th power of a two by two matrix with both eigenvalues rho, which is not normal unless c = 0."""

import altair as alt
import numpy as np

RADII = (0.5, 0.7, 0.9, 1.0, 1.1)
CORNERS = (0.0, 0.5, 2.0, 10.0)
LAST = 40


def rows() -> list[dict]:
    """Return the logarithm to base 10 of |A^k| and of rho^k."""
    found = []
    for i, rho in enumerate(RADII):
        for j, c in enumerate(CORNERS):
            A, power = np.array([[rho, c], [0, rho]]), np.eye(2)
            for k in range(LAST + 1):
                values = {"norm of the power": np.linalg.norm(power, 2), "power of the radius": rho**k}
                found += [
                    {"i": i, "j": j, "k": k, "line": name, "log": round(float(np.log10(v)), 3)}
                    for name, v in values.items()
                ]
                power = A @ power
    return found


def chart() -> alt.LayerChart:
    """Draw two lines; the sliders count through radii and corners."""
    radius = alt.param(
        name="transient_rho",
        value=0,
        bind=alt.binding_range(min=0, max=len(RADII) - 1, step=1, name="eigenvalue: "),
    )
    corner = alt.param(
        name="transient_c",
        value=3,
        bind=alt.binding_range(min=0, max=len(CORNERS) - 1, step=1, name="entry c: "),
    )
    names = ["norm of the power", "power of the radius"]
    line = (
        alt.Chart(alt.Data(values=rows()))
        .transform_filter("datum.i == transient_rho && datum.j == transient_c")
        .mark_line(strokeWidth=2.5)
        .encode(
            x=alt.X("k:Q", title="k"),
            y=alt.Y("log:Q", title="power of ten", scale=alt.Scale(domain=[-12, 4])),
            color=alt.Color(
                "line:N",
                scale=alt.Scale(domain=names, range=["#d6404a", "#8c8c8c"]),
                legend=alt.Legend(orient="top", title=None),
            ),
            strokeDash=alt.StrokeDash("line:N", scale=alt.Scale(domain=names, range=[[1, 0], [7, 4]])),
        )
    )
    return (
        alt.layer(line)
        .add_params(radius, corner)
        .properties(
            width=400,
            height=230,
            usermeta={
                "said": {"transient_rho": [f"{r:g}" for r in RADII], "transient_c": [f"{c:g}" for c in CORNERS]},
            },
        )
        .configure_axis(labelFontSize=12, titleFontSize=13)
        .configure_legend(labelFontSize=13)
    )
