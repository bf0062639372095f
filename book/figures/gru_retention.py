"""How much of a gradient is left so many steps before, for a GRU whose update gate has the bias of the slider."""

import altair as alt
import numpy as np

from rnncore.cells import GRU
from rnncore.diagnose import gradient_norm_by_lag
from rnncore.scan import scan
from rnncore.types import Params

T, H = 60, 32
BIASES = range(-1, 8)


def rows() -> list[dict]:
    """Return the norm of the gradient on h_{T-k} as a share of the gradient on h_T."""
    found = []
    for bias in BIASES:
        rng = np.random.default_rng(0)
        W = rng.normal(size=(3 * H, H)) / np.sqrt(H)
        b = np.concatenate([np.zeros(H), np.full(H, float(bias)), np.zeros(H)])
        params = Params(rng.normal(size=(3 * H, 1)), W, b, (np.zeros(H),))
        xs = rng.normal(size=(T, 1, 1))
        _, _, cache = scan(GRU, xs, (np.zeros((1, H)),), params)
        norms = gradient_norm_by_lag(GRU, cache)[:, 0]
        found += [{"bias": bias, "lag": k, "share": float(f"{max(v, 1e-12):.3g}")} for k, v in enumerate(norms)]
    return found


def chart() -> alt.LayerChart:
    """Draw one red line on a logarithmic axis."""
    bias = alt.param(
        name="gru_bias",
        value=2,
        bind=alt.binding_range(min=min(BIASES), max=max(BIASES), step=1, name="bias of the update gate: "),
    )
    line = (
        alt.Chart(alt.Data(values=rows()))
        .transform_filter("datum.bias == gru_bias")
        .mark_line(color="#d6404a", strokeWidth=2.5, clip=True)
        .encode(
            x=alt.X("lag:Q", title="steps back"),
            y=alt.Y(
                "share:Q",
                title="share of the gradient",
                scale=alt.Scale(type="log", domain=[1e-8, 2]),
                axis=alt.Axis(format=".0e", values=[1, 1e-2, 1e-4, 1e-6, 1e-8]),
            ),
        )
    )
    return (
        alt.layer(line)
        .add_params(bias)
        .properties(width=400, height=230, usermeta={"play": {"param": "gru_bias", "seconds": 8}})
        .configure_axis(labelFontSize=12, titleFontSize=13)
    )
