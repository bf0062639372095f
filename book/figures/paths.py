"""The unrolled graph: choose where W acts (s) and which state is asked (t), and read the product of Jacobians."""

import altair as alt
import numpy as np

from rnncore.cells import RNN
from rnncore.scan import scan
from rnncore.types import Params

T, D, H = 5, 2, 3
LOW, HIGH = "₀₁₂₃₄₅₆₇₈₉", "⁰¹²³⁴⁵⁶⁷⁸⁹"


def jacobians() -> list:
    """Return J_1 .. J_T of one random network, at index t."""
    rng = np.random.default_rng(4)
    W = rng.normal(size=(H, H))
    V, x = rng.normal(size=(H, D)), rng.normal(size=(T, 1, D))
    hs, _, _ = scan(RNN, x, (np.zeros((1, H)),), Params(V, W, np.zeros(H)))
    return [None, *(np.diag(1 - h[0] ** 2) @ W for h in hs)]


def terms() -> list[dict]:
    """Return one row per pair (s, t): the product as it is written, and its norm."""
    J = jacobians()
    rows = []
    for s in range(1, T + 1):
        for t in range(1, T + 1):
            product = np.eye(H)
            for k in range(s + 1, t + 1):
                product = J[k] @ product
            name = " ".join(f"J{LOW[k]}" for k in range(t, s, -1)) or "I"
            note = f"size of the product: {np.linalg.norm(product, 2):.3f}"
            if s == t:
                note = "the empty product: the direct term alone"
            text = f"∂h{LOW[t]}/∂W⁽{HIGH[s]}⁾ =  {name} · ∂⁺h{LOW[s]}/∂W"
            if s > t:
                text, note = f"∂h{LOW[t]}/∂W⁽{HIGH[s]}⁾ =  0", "a later copy of W cannot move an earlier state"
            rows.append({"s": s, "t": t, "text": text, "note": note, "x": 0.0, "y": 1.75})
    return rows


def chart() -> alt.LayerChart:
    """Draw nodes h_0 .. h_T with inputs below; the edges of the chosen product in red, two sliders for s and t."""
    slide = lambda name, value, text: alt.param(  # noqa: E731
        name=name, value=value, bind=alt.binding_range(min=1, max=T, step=1, name=text)
    )
    s, t = slide("path_s", 2, "W acts at step s = "), slide("path_t", 5, "the state asked, t = ")
    on = "datum.k >= path_s && datum.k <= path_t"
    red = lambda test, other: alt.condition(test, alt.value("#d6404a"), alt.value(other))  # noqa: E731
    x = lambda field="x": alt.X(f"{field}:Q", axis=None, scale=alt.Scale(domain=[-0.4, T + 0.4]))  # noqa: E731
    y = lambda field="y": alt.Y(f"{field}:Q", axis=None, scale=alt.Scale(domain=[-1.35, 2.0]))  # noqa: E731

    states = [{"k": k, "x": k, "y": 0, "name": f"h{LOW[k]}"} for k in range(T + 1)]
    inputs = [{"k": k, "x": k, "y": -1, "name": f"x{LOW[k]}"} for k in range(1, T + 1)]
    edges = [
        {"k": k, "x": k - 0.83, "x2": k - 0.17, "y": 0, "mid": k - 0.5, "up": 0.32, "name": f"J{LOW[k]}"}
        for k in range(1, T + 1)
    ]
    ups = [{"x": k, "y": -0.78, "y2": -0.27} for k in range(1, T + 1)]

    inside = "datum.k > path_s && datum.k <= path_t"
    drawn = lambda rows: alt.Chart(alt.Data(values=rows))  # noqa: E731
    chosen = drawn(terms()).transform_filter("datum.s == path_s && datum.t == path_t")
    wide = alt.condition(inside, alt.value(4), alt.value(1.5))
    parts = [
        drawn(ups).mark_rule(color="#8c8c8c").encode(x=x(), y=y(), y2="y2:Q"),
        drawn(edges).mark_rule().encode(x=x(), x2="x2:Q", y=y(), color=red(inside, "#8c8c8c"), strokeWidth=wide),
        drawn(edges).mark_text(fontSize=15).encode(x=x("mid"), y=y("up"), text="name:N", color=red(inside, "#8c8c8c")),
        drawn(states).mark_circle(size=900, opacity=1).encode(x=x(), y=y(), color=red(on, "#3b7dd8")),
        drawn(states).mark_text(color="white", fontSize=14, fontWeight="bold").encode(x=x(), y=y(), text="name:N"),
        drawn(inputs).mark_text(color="#8c8c8c", fontSize=15).encode(x=x(), y=y(), text="name:N"),
        chosen.mark_text(align="left", fontSize=16, color="currentColor").encode(x=x(), y=y(), text="text:N"),
        chosen.mark_text(align="left", fontSize=13, color="currentColor", dy=26).encode(x=x(), y=y(), text="note:N"),
    ]
    return alt.layer(*parts).add_params(s, t).properties(width=460, height=260, view=alt.ViewConfig(stroke=None))
