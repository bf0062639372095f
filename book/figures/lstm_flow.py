"""One step of the LSTM: the memory along the top, four gates below, the output to the right."""

import altair as alt

BLUE, ORANGE, GREY = "#3b7dd8", "#e08a1e", "#8c8c8c"
BOXES = [
    ("C, old", 0.0, 4, BLUE), ("⊙ f", 1.5, 4, ORANGE), ("+", 3.0, 4, BLUE), ("C, new", 6.0, 4, BLUE),
    ("i ⊙ g", 3.0, 3, ORANGE), ("tanh", 4.5, 3, GREY), ("⊙ o", 4.5, 2, ORANGE), ("h, new", 6.0, 2, BLUE),
    ("f", 1.5, 1, ORANGE), ("i", 2.5, 1, ORANGE), ("g", 3.5, 1, ORANGE), ("o", 4.5, 1, ORANGE),
    ("x and h, old", 3.0, 0, GREY),
]  # fmt: skip
LINES = [
    (0.0, 4, 1.5, 4), (1.5, 4, 3.0, 4), (3.0, 4, 6.0, 4), (3.0, 3, 3.0, 4), (4.5, 4, 4.5, 3), (4.5, 3, 4.5, 2),
    (4.5, 2, 6.0, 2), (1.5, 1, 1.5, 4), (2.5, 1, 3.0, 3), (3.5, 1, 3.0, 3), (4.5, 1, 4.5, 2),
    (3.0, 0, 1.5, 1), (3.0, 0, 2.5, 1), (3.0, 0, 3.5, 1), (3.0, 0, 4.5, 1),
]  # fmt: skip


def chart() -> alt.LayerChart:
    """Boxes over lines; the boxes hide the ends of the lines in either colour scheme by their own text alone."""
    boxes = alt.Chart(alt.Data(values=[dict(zip(("name", "x", "y", "colour"), box)) for box in BOXES]))
    lines = alt.Chart(alt.Data(values=[shortened(*line) for line in LINES]))
    x = lambda field="x": alt.X(f"{field}:Q", axis=None, scale=alt.Scale(domain=[-0.7, 6.7]))  # noqa: E731
    y = lambda field="y": alt.Y(f"{field}:Q", axis=None, scale=alt.Scale(domain=[-0.4, 4.4]))  # noqa: E731
    return alt.layer(
        lines.mark_rule(color=GREY, strokeWidth=1.5).encode(x=x(), y=y(), x2="x2:Q", y2="y2:Q"),
        boxes.mark_text(fontSize=15, fontWeight="bold").encode(
            x=x(), y=y(), text="name:N", color=alt.Color("colour:N", scale=None)
        ),
    ).properties(width=430, height=300, view=alt.ViewConfig(stroke=None))  # fmt: skip


def shortened(x: float, y: float, x2: float, y2: float) -> dict:
    """A line that leaves room for the words at its ends; sideways they need more."""
    gap_x, gap_y = 0.55 / max(abs(x2 - x), 1e-9), 0.22 / max(abs(y2 - y), 1e-9)
    cut = min(gap_x, gap_y, 0.45)
    return {"x": x + cut * (x2 - x), "y": y + cut * (y2 - y), "x2": x2 - cut * (x2 - x), "y2": y2 - cut * (y2 - y)}
