"""Norm of a product of Jacobians, product of the norms, and the bound by the largest singular value, by lag."""

import altair as alt
import numpy as np

from rnncore.cells import RNN
from rnncore.diagnose import jacobian_product, jacobians
from rnncore.scan import scan
from rnncore.types import Params

T, H = 60, 16
SIZES = (0.5, 0.8, 1.0, 1.2, 1.5, 2.0)
INPUTS = (0.0, 0.1, 0.3, 1.0, 2.0)
LINES = ("norm of the product", "product of the norms", "bound")


def rows() -> list[dict]:
    """Return the logarithm to base 10 of each of the three, at every third lag."""
    found = []
    for i, size in enumerate(SIZES):
        for j, scale in enumerate(INPUTS):
            rng = np.random.default_rng(1)
            W = size * rng.normal(size=(H, H)) / np.sqrt(H)
            V, x = rng.normal(size=(H, 2)), scale * rng.normal(size=(T, 1, 2))
            _, _, cache = scan(RNN, x, (1e-3 * rng.normal(size=(1, H)),), Params(V, W, np.zeros(H)))
            J = jacobians(RNN, cache)
            norms = np.cumsum(np.log10([np.linalg.norm(step[0], 2) for step in J]))
            for lag in range(0, T + 1, 3):
                product = np.linalg.norm(jacobian_product(J, 0, lag)[0], 2)
                values = (
                    np.log10(max(product, 1e-30)),
                    norms[lag - 1] if lag else 0,
                    lag * np.log10(np.linalg.norm(W, 2)),
                )
                found += [
                    {"i": i, "j": j, "lag": lag, "line": name, "log": round(float(v), 2)}
                    for name, v in zip(LINES, values)
                ]
    return found


def chart() -> alt.LayerChart:
    """Draw three lines; the sliders count through sizes of W and of the inputs."""
    size = alt.param(
        name="growth_w",
        value=3,
        bind=alt.binding_range(min=0, max=len(SIZES) - 1, step=1, name="size of W: "),
    )
    scale = alt.param(
        name="growth_x",
        value=3,
        bind=alt.binding_range(min=0, max=len(INPUTS) - 1, step=1, name="size of the inputs: "),
    )
    colours = alt.Scale(domain=list(LINES), range=["#d6404a", "#8c8c8c", "#8c8c8c"])
    dashes = alt.Scale(domain=list(LINES), range=[[1, 0], [7, 4], [2, 3]])
    line = (
        alt.Chart(alt.Data(values=rows()))
        .transform_filter("datum.i == growth_w && datum.j == growth_x")
        .mark_line(strokeWidth=2.5, clip=True)
        .encode(
            x=alt.X("lag:Q", title="steps between"),
            y=alt.Y("log:Q", title="power of ten", scale=alt.Scale(domain=[-20, 20])),
            color=alt.Color("line:N", scale=colours, legend=alt.Legend(orient="top", title=None, columns=1)),
            strokeDash=alt.StrokeDash("line:N", scale=dashes),
        )
    )
    return (
        alt.layer(line)
        .add_params(size, scale)
        .properties(
            width=400,
            height=260,
            usermeta={"said": {"growth_w": [f"{s:g}" for s in SIZES], "growth_x": [f"{s:g}" for s in INPUTS]}},
        )
        .configure_axis(labelFontSize=12, titleFontSize=13)
        .configure_legend(labelFontSize=13)
    )
