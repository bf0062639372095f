"""The encoder reads, the bridge hands over, the decoder writes."""

import altair as alt

BLUE, GREY = "#3b7dd8", "#8c8c8c"


def chart() -> alt.LayerChart:
    """Draw states in a row; what is read below, what is written above."""
    source, target = ["x1", "x2", "x3"], ["y1", "y2", "EOS"]
    states = [{"t": t, "y": 1} for t in range(7) if t != 3]
    words = [{"t": t, "y": 0, "word": word} for t, word in enumerate(source)]
    words += [{"t": 4 + t, "y": 0, "word": word} for t, word in enumerate(["BOS", *target[:-1]])]
    written = [{"t": 4 + t, "y": 2, "word": word} for t, word in enumerate(target)]
    rules = [
        {"t": a + 0.2, "t2": b - 0.24, "y": 1, "at": b - 0.24} for a, b in ((0, 1), (1, 2), (2, 4), (4, 5), (5, 6))
    ]
    up = [{"t": row["t"], "y": row["y"] + 0.17, "y2": row["y"] + 0.72} for row in words]
    up += [{"t": 4 + t, "y": 1.27, "y2": 1.8} for t in range(3)]
    x = alt.X("t:Q", axis=None, scale=alt.Scale(domain=[-0.4, 6.4]))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.3, 2.3]))
    flow, rise = alt.Chart(alt.Data(values=rules)), alt.Chart(alt.Data(values=up))
    return alt.layer(
        flow.mark_rule(color=BLUE, strokeWidth=2).encode(x=x, x2="t2:Q", y=y),
        flow.transform_calculate(mark="'▶'")
        .mark_text(color=BLUE, fontSize=12)
        .encode(x=alt.X("at:Q", axis=None), y=y, text="mark:N"),
        rise.mark_rule(color=GREY, strokeWidth=1.5).encode(x=x, y=y, y2="y2:Q"),
        alt.Chart(alt.Data(values=states)).mark_circle(size=560, color=BLUE, opacity=1).encode(x=x, y=y),
        alt.Chart(alt.Data(values=words)).mark_text(fontSize=14, color=GREY).encode(x=x, y=y, text="word:N"),
        alt.Chart(alt.Data(values=written))
        .mark_text(fontSize=14, color="currentColor")
        .encode(x=x, y=y, text="word:N"),
        alt.Chart(alt.Data(values=[{"t": 3, "y": 1.2, "word": "bridge"}]))
        .mark_text(fontSize=13, color="currentColor")
        .encode(x=x, y=y, text="word:N"),
    ).properties(width=440, height=190)
