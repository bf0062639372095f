"""A bidirectional network over five steps: which two states have read everything."""

import altair as alt

BLUE, GREY = "#3b7dd8", "#8c8c8c"


def chart() -> alt.LayerChart:
    """Draw inputs below, backward states in the middle, forward states above; the two complete states are filled."""
    states = [
        {"t": t, "y": y, "name": name, "full": "yes" if full else "no"}
        for t in range(1, 6)
        for y, name, full in ((2, "forward", t == 5), (1, "backward", t == 1))
    ]
    inputs = [{"t": t, "y": 0, "name": f"x{t}"} for t in range(1, 6)]
    arrows = [{"t": t + 0.2, "t2": t + 0.74, "y": 2, "mark": "▶", "at": t + 0.76} for t in range(1, 5)]
    arrows += [{"t": t + 0.26, "t2": t + 0.8, "y": 1, "mark": "◀", "at": t + 0.24} for t in range(1, 5)]
    x = alt.X("t:Q", title=None, axis=None, scale=alt.Scale(domain=[0.3, 5.7]))
    y = alt.Y("y:Q", title=None, axis=None, scale=alt.Scale(domain=[-0.4, 2.5]))
    flow = alt.Chart(alt.Data(values=arrows))
    nodes = alt.Chart(alt.Data(values=states)).encode(x=x, y=y)
    rows = alt.Chart(alt.Data(values=[{"t": 0.62, "y": k, "name": n} for k, n in ((2, "forward"), (1, "backward"))]))
    return alt.layer(
        flow.mark_rule(color=BLUE, strokeWidth=2).encode(x=x, x2="t2:Q", y=y),
        flow.mark_text(color=BLUE, fontSize=12).encode(x=alt.X("at:Q", axis=None), y=y, text="mark:N"),
        nodes.mark_circle(size=620, stroke=BLUE, strokeWidth=2, opacity=1).encode(
            color=alt.Color("full:N", legend=None, scale=alt.Scale(domain=["yes", "no"], range=[BLUE, "transparent"])),
            tooltip=["name:N", "t:Q"],
        ),
        alt.Chart(alt.Data(values=inputs)).mark_text(fontSize=15, color=GREY).encode(x=x, y=y, text="name:N"),
        rows.mark_text(fontSize=12, align="right", dx=-4, color="currentColor").encode(x=x, y=y, text="name:N"),
    ).properties(width=430, height=190)
