"""The routes of the gradient through one step of the LSTM: two into the memory, four into the old output."""

import altair as alt
import numpy as np

BLUE, ORANGE, RED = "#3b7dd8", "#e08a1e", "#d6404a"
NODES = {
    "Cₜ₋₁": (0.0, 4.3, BLUE),
    "Cₜ": (3.0, 4.3, BLUE),
    "Cₜ₊₁": (6.4, 4.3, BLUE),
    "hₜ": (6.4, 2.3, BLUE),
    "f": (1.7, 2.0, ORANGE),
    "i": (3.0, 2.0, ORANGE),
    "g": (4.1, 2.0, ORANGE),
    "o": (5.2, 1.0, ORANGE),
    "hₜ₋₁": (0.0, 0.0, BLUE),
}
ARROWS = [
    ("Cₜ₊₁", "Cₜ"),
    ("hₜ", "Cₜ"),
    ("Cₜ", "Cₜ₋₁"),
    ("Cₜ", "f"),
    ("Cₜ", "i"),
    ("Cₜ", "g"),
    ("hₜ", "o"),
    ("f", "hₜ₋₁"),
    ("i", "hₜ₋₁"),
    ("g", "hₜ₋₁"),
    ("o", "hₜ₋₁"),
]
WORDS = [("× fₜ₊₁", 4.7, 4.55), ("× o φ′(Cₜ)", 5.8, 3.4), ("× fₜ", 1.5, 4.55)]


def arrow(start: str, end: str) -> dict:
    """Return a line that leaves room for the nodes at its ends, and the turn of its tip, clockwise from up."""
    a, b = (np.array(NODES[name][:2]) for name in (start, end))
    along = (b - a) / np.linalg.norm(b - a)
    a, b = a + 0.42 * along, b - 0.45 * along
    return {"x": a[0], "y": a[1], "x2": b[0], "y2": b[1], "turn": float(np.degrees(np.arctan2(along[0], along[1])))}


def chart() -> alt.LayerChart:
    """Draw red arrows between blue states and orange gates."""
    x = lambda field="x": alt.X(f"{field}:Q", axis=None, scale=alt.Scale(domain=[-0.5, 7.1]))  # noqa: E731
    y = lambda field="y": alt.Y(f"{field}:Q", axis=None, scale=alt.Scale(domain=[-0.5, 5.0]))  # noqa: E731
    of = lambda rows: alt.Chart(alt.Data(values=rows))  # noqa: E731
    nodes = [{"name": name, "x": a, "y": b, "colour": colour} for name, (a, b, colour) in NODES.items()]
    arrows = of([arrow(*ends) for ends in ARROWS])
    own = alt.Color("colour:N", scale=None)
    states, gates = ([n for n in nodes if n["colour"] == colour] for colour in (BLUE, ORANGE))
    layers = [
        arrows.mark_rule(strokeWidth=2.5, color=RED).encode(x=x(), y=y(), x2="x2:Q", y2="y2:Q"),
        arrows.mark_point(shape="triangle-up", filled=True, size=110, opacity=1, color=RED).encode(
            x=x("x2"), y=y("y2"), angle=alt.Angle("turn:Q", scale=None)
        ),
        of(states).mark_circle(size=1600, opacity=1).encode(x=x(), y=y(), color=own),
        of(gates).mark_square(size=1000, opacity=1).encode(x=x(), y=y(), color=own),
        of(nodes).mark_text(fontSize=18, font="serif", color="white").encode(x=x(), y=y(), text="name:N"),
        of([dict(zip(("name", "x", "y"), word)) for word in WORDS])
        .mark_text(fontSize=16, font="serif", color="currentColor")
        .encode(x=x(), y=y(), text="name:N"),
    ]
    return alt.layer(*layers).properties(width=440, height=320, view=alt.ViewConfig(stroke=None))
