"""The way of the old state into the candidate, in the two variants: product first, or reset gate first."""

import altair as alt

BLUE, ORANGE, GREY = "#3b7dd8", "#e08a1e", "#8c8c8c"
STEPS = {
    "reset after": [("W h", BLUE), ("+ b", GREY), ("r ⊙", ORANGE)],
    "reset before": [("r ⊙", ORANGE), ("W ·", BLUE)],
}


def parts(steps: list[tuple[str, str]]) -> tuple[list[dict], list[dict]]:
    """Return boxes from the bottom to the top, and the lines between them."""
    named = [("h, old", BLUE), *steps, ("+ V x + b", GREY), ("tanh", GREY), ("n", BLUE)]
    boxes = [{"y": k, "x": 0, "name": name, "colour": colour} for k, (name, colour) in enumerate(named)]
    return boxes, [{"y": k + 0.3, "y2": k + 0.7, "tip": k + 0.66, "x": 0} for k in range(len(named) - 1)]


def one(title: str) -> alt.LayerChart:
    """Draw one column."""
    boxes, lines = (alt.Chart(alt.Data(values=rows)) for rows in parts(STEPS[title]))
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-1, 1]))
    y = lambda field: alt.Y(f"{field}:Q", axis=None, scale=alt.Scale(domain=[-0.5, 6.5]))  # noqa: E731
    return alt.layer(
        lines.mark_rule(color=GREY, strokeWidth=2).encode(x=x, y=y("y"), y2="y2:Q"),
        lines.mark_point(shape="triangle-up", filled=True, size=70, opacity=1, color=GREY).encode(x=x, y=y("tip")),
        boxes.mark_rect(height=30, width=110, fillOpacity=0, strokeWidth=2).encode(
            x=x, y=y("y"), stroke=alt.Stroke("colour:N", scale=None)
        ),
        boxes.mark_text(fontSize=15, color="currentColor").encode(x=x, y=y("y"), text="name:N"),
    ).properties(width=190, height=360, title=title)


def chart() -> alt.HConcatChart:
    """Draw both, side by side."""
    return alt.hconcat(*map(one, STEPS), spacing=20)
