"""How much of a gradient on the memory is left so many steps before, against what the direct path alone leaves."""

import altair as alt
import numpy as np

from rnncore.cells import LSTM
from rnncore.scan import scan, scan_backward
from rnncore.types import Params

T, H = 60, 32
BIASES = range(-1, 7)


def rows() -> list[dict]:
    """Return the gradient on C_{T-k}, all ways and the direct one, as shares of the gradient on C_T."""
    found = []
    for bias in BIASES:
        rng = np.random.default_rng(0)
        W, b = 0.5 * rng.normal(size=(4 * H, H)) / np.sqrt(H), np.repeat([0.0, bias, 0.0, 0.0], H)
        params, x = Params(0.5 * rng.normal(size=(4 * H, 1)), W, b), rng.normal(size=(T, 1, 1))
        zero, given = np.zeros((1, H)), rng.normal(size=(1, H))
        direct, shares = given.copy(), {"all routes": [1.0], "direct path": [1.0]}
        for k in range(1, T + 1):
            _, state, _ = scan(LSTM, x[: T - k], (zero, zero), params) if k < T else (None, (zero, zero), None)
            hs, _, cache = scan(LSTM, x[T - k :], state, params)
            _, (_, dC), _ = scan_backward(LSTM, np.zeros_like(hs), (zero, given), cache)
            direct = direct / (1 + np.exp(-(x[T - k] @ params.V.T + state[0] @ W.T + b)[:, H : 2 * H]))
            for name, d in (("all routes", dC), ("direct path", direct)):
                shares[name].append(float(np.linalg.norm(d) / np.linalg.norm(given)))
        found += [
            {"bias": bias, "lag": k, "way": name, "share": float(f"{max(v, 1e-12):.3g}")}
            for name, values in shares.items()
            for k, v in enumerate(values)
        ]
    return found


def chart() -> alt.LayerChart:
    """Draw a solid and a dashed red line on a logarithmic axis."""
    bias = alt.param(
        name="lstm_bias",
        value=1,
        bind=alt.binding_range(min=min(BIASES), max=max(BIASES), step=1, name="forget bias: "),
    )
    ways = ["all routes", "direct path"]
    line = (
        alt.Chart(alt.Data(values=rows()))
        .transform_filter("datum.bias == lstm_bias")
        .mark_line(color="#d6404a", strokeWidth=2.5, clip=True)
        .encode(
            x=alt.X("lag:Q", title="steps back"),
            y=alt.Y(
                "share:Q",
                title="share of the gradient",
                scale=alt.Scale(type="log", domain=[1e-8, 4]),
                axis=alt.Axis(format=".0e", values=[1, 1e-2, 1e-4, 1e-6, 1e-8]),
            ),
            strokeDash=alt.StrokeDash(
                "way:N",
                scale=alt.Scale(domain=ways, range=[[1, 0], [6, 4]]),
                legend=alt.Legend(orient="top", title=None, symbolStrokeColor="#d6404a"),
            ),
        )
    )
    return (
        alt.layer(line)
        .add_params(bias)
        .properties(width=400, height=230, usermeta={"play": {"param": "lstm_bias", "seconds": 8}})
        .configure_axis(labelFontSize=14, titleFontSize=15)
        .configure_legend(labelFontSize=15)
    )
