"""How much of a change of the first state is left after t steps, for an orthogonal W and four activations."""

import altair as alt
import numpy as np

from rnncore.layers.init import orthogonal

T, H = 100, 64
NETWORKS = {
    "linear": (lambda z: (z, np.ones_like(z)), 1.0),
    "tanh, inputs of 0.1": (lambda z: (np.tanh(z), 1 - np.tanh(z) ** 2), 0.1),
    "ReLU": (lambda z: (np.maximum(z, 0), (z > 0).astype(float)), 1.0),
    "tanh, inputs of 1": (lambda z: (np.tanh(z), 1 - np.tanh(z) ** 2), 1.0),
}


def rows() -> list[dict]:
    """Return the norm of dh_t/dh_0, as a power of ten, at every second step."""
    found = []
    for name, (activation, scale) in NETWORKS.items():
        rng = np.random.default_rng(0)
        W, V = orthogonal((H, H), rng), rng.normal(size=(H, 1))
        h, product = 0.1 * rng.normal(size=H), np.eye(H)
        for t in range(T + 1):
            if t % 2 == 0:
                size = max(np.linalg.norm(product, 2), 1e-25)
                found.append({"network": name, "lag": t, "log": round(float(np.log10(size)), 3)})
            h, slope = activation(W @ h + V @ (scale * rng.normal(size=1)))
            product = slope[:, None] * (W @ product)
    return found


def chart() -> alt.LayerChart:
    """Draw four lines, told apart by dashes, too."""
    names = list(NETWORKS)
    line = (
        alt.Chart(alt.Data(values=rows()))
        .mark_line(strokeWidth=2.5, clip=True)
        .encode(
            x=alt.X("lag:Q", title="steps"),
            y=alt.Y("log:Q", title="power of ten", scale=alt.Scale(domain=[-20, 1])),
            color=alt.Color(
                "network:N",
                sort=names,
                legend=alt.Legend(orient="top", title=None, columns=2),
                scale=alt.Scale(domain=names, range=["#8c8c8c", "#3b7dd8", "#e08a1e", "#d6404a"]),
            ),
            strokeDash=alt.StrokeDash(
                "network:N", scale=alt.Scale(domain=names, range=[[1, 0], [7, 4], [2, 3], [8, 3, 2, 3]])
            ),
        )
    )
    return (
        alt.layer(line)
        .properties(width=400, height=240)
        .configure_axis(labelFontSize=12, titleFontSize=13)
        .configure_legend(labelFontSize=13)
    )
