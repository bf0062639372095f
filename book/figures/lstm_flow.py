"""One step of the LSTM: the memory along the top, the four gates below it, the output at the right."""

import altair as alt

BLUE, ORANGE, GREY = "#3b7dd8", "#e08a1e", "#8c8c8c"
STATES = [("Cₜ₋₁", 0.0, 5.0), ("Cₜ", 6.6, 5.0), ("hₜ₋₁", 0.0, 0.5), ("hₜ", 6.6, 2.9)]
GATES = [("f", 1.5, 1.6), ("i", 2.5, 1.6), ("g", 3.5, 1.6), ("o", 4.8, 1.6)]
SIGNS = [("×", 1.5, 5.0), ("+", 3.0, 5.0), ("×", 3.0, 3.5), ("×", 4.8, 2.9)]
WORDS = [("tanh", 4.8, 3.95, "currentColor"), ("xₜ", 0.75, -0.75, GREY)]
LINES = [  # from, to, colour; an arrow at the end unless the last word says none
    (0.38, 5, 1.2, 5, BLUE),
    (1.8, 5, 2.7, 5, BLUE),
    (3.3, 5, 6.15, 5, BLUE),
    (4.8, 5, 4.8, 4.3, BLUE),
    (4.8, 3.7, 4.8, 3.25, BLUE),
    (5.1, 2.9, 6.15, 2.9, BLUE),
    (1.5, 2, 1.5, 4.65, ORANGE),
    (2.5, 2, 2.5, 3.5, ORANGE, None),
    (2.5, 3.5, 2.7, 3.5, ORANGE),
    (3.5, 2, 3.5, 3.5, ORANGE, None),
    (3.5, 3.5, 3.3, 3.5, ORANGE),
    (3, 3.85, 3, 4.65, ORANGE),
    (4.8, 2, 4.8, 2.55, ORANGE),
    (0.4, 0.5, 4.8, 0.5, GREY, None),
    (0.75, -0.45, 0.75, 0.5, GREY, None),
    (1.5, 0.5, 1.5, 1.2, GREY),
    (2.5, 0.5, 2.5, 1.2, GREY),
    (3.5, 0.5, 3.5, 1.2, GREY),
    (4.8, 0.5, 4.8, 1.2, GREY),
]


def tips() -> list[dict]:
    """Return a triangle at the end of each line that has one."""
    found = []
    for x, y, x2, y2, colour, *no_tip in LINES:
        if not no_tip:
            shape = {(1, 0): "right", (-1, 0): "left", (0, 1): "up", (0, -1): "down"}[sign(x2 - x), sign(y2 - y)]
            found.append({"x": x2, "y": y2, "shape": f"triangle-{shape}", "colour": colour})
    return found


def sign(number: float) -> int:
    """Return -1, 0 or 1."""
    return (number > 0) - (number < 0)


def chart() -> alt.LayerChart:
    """Draw lines, tips, then the nodes over them."""
    x = lambda: alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.5, 7.1]))  # noqa: E731
    y = lambda: alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-1.1, 5.5]))  # noqa: E731
    of = lambda rows: alt.Chart(alt.Data(values=rows))  # noqa: E731
    nodes = lambda rows: of([{"name": name, "x": a, "y": b} for name, a, b in rows])  # noqa: E731
    lines = [dict(zip(("x", "y", "x2", "y2", "colour"), line)) for line in LINES]
    words = [dict(zip(("name", "x", "y", "colour"), word)) for word in WORDS]
    own = alt.Color("colour:N", scale=None)
    layers = [
        of(lines).mark_rule(strokeWidth=2.5).encode(x=x(), y=y(), x2="x2:Q", y2="y2:Q", color=own),
        of(tips())
        .mark_point(filled=True, size=90, opacity=1)
        .encode(x=x(), y=y(), shape=alt.Shape("shape:N", scale=None), color=own),
        nodes(STATES).mark_circle(size=1500, opacity=1, color=BLUE).encode(x=x(), y=y()),
        nodes(GATES).mark_square(size=1100, opacity=1, color=ORANGE).encode(x=x(), y=y()),
        nodes(SIGNS).mark_point(size=600, opacity=1, strokeWidth=2, color="currentColor").encode(x=x(), y=y()),
        nodes(STATES + GATES).mark_text(fontSize=18, font="serif", color="white").encode(x=x(), y=y(), text="name:N"),
        nodes(SIGNS).mark_text(fontSize=20, color="currentColor").encode(x=x(), y=y(), text="name:N"),
        of(words).mark_text(fontSize=18, font="serif").encode(x=x(), y=y(), text="name:N", color=own),
    ]
    return alt.layer(*layers).properties(width=440, height=360, view=alt.ViewConfig(stroke=None))
