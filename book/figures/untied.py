"""How far each copy of W reaches: the size of dh_s/dW^(t) for every state s, with t chosen by a slider."""

import altair as alt
import numpy as np

from rnncore.cells import RNN
from rnncore.scan import scan
from rnncore.types import Params

T, D, H = 8, 2, 4


def reach() -> list[dict]:
    """Return the Frobenius norm of dh_s/dW^(t) for all pairs: zero for s < t, direct at s = t, then carried on by J."""
    rng = np.random.default_rng(1)
    W = 1.1 * np.linalg.qr(rng.normal(size=(H, H)))[0]
    h0, x = 0.5 * rng.normal(size=(1, H)), 0.5 * rng.normal(size=(T, 1, D))
    hs, _, _ = scan(RNN, x, (h0,), Params(rng.normal(size=(H, D)), W, np.zeros(H)))
    h = [h0[0], *hs[:, 0]]
    rows = []
    for t in range(1, T + 1):
        moved = np.diag(1 - h[t] ** 2) @ np.kron(np.eye(H), h[t - 1])
        for s in range(1, T + 1):
            if s > t:
                moved = np.diag(1 - h[s] ** 2) @ W @ moved
            size = float(np.linalg.norm(moved)) if s >= t else 0.0
            kind = "not moved" if s < t else "direct" if s == t else "through later states"
            rows.append({"copy": t, "state": f"h{chr(0x2080 + s)}", "size": size, "kind": kind})
    return rows


def chart() -> alt.Chart:
    """Draw bars over the states; a slider chooses which step's copy of W is nudged."""
    copy = alt.param(
        name="copy_t",
        value=3,
        bind=alt.binding_range(min=1, max=T, step=1, name="Nudge the copy of W at step t = "),
    )
    colour = alt.Color(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=["direct", "through later states"], range=["#d6404a", "#3b7dd8"]),
        legend=alt.Legend(orient="top"),
    )
    return (
        alt.Chart(alt.Data(values=reach()))
        .transform_filter("datum.copy == copy_t")
        .mark_bar()
        .encode(
            x=alt.X("state:N", title="state hₛ", sort=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("size:Q", title="‖∂hₛ/∂W⁽ᵗ⁾‖", scale=alt.Scale(domain=[0, 2.1])),
            color=colour,
            tooltip=[alt.Tooltip("state:N"), alt.Tooltip("kind:N"), alt.Tooltip("size:Q", format=".3f")],
        )
        .add_params(copy)
        .properties(width=430, height=210, usermeta={"play": {"param": "copy_t", "seconds": 8}})
        .configure_axis(labelFontSize=12, titleFontSize=13)
        .configure_legend(labelFontSize=12, titleFontSize=13)
    )
