"""The probability of each tag, with the left side read, and with both."""

import altair as alt
import numpy as np

from rnncore.data.sources import TAGGED

WORDS = (0, 3, 0, 4, 1)


def chart() -> alt.Chart:
    """Draw stacked bars for each word, two panels."""
    words = np.array(WORDS)[:, None]
    read = {"words up to here": TAGGED.filtered(words)[0], "all words": TAGGED.posterior(words)}
    rows = [
        {"read": name, "place": f"{t + 1}: w{WORDS[t]}", "tag": str(k), "p": float(p[t, 0, k])}
        for name, p in read.items()
        for t in range(5)
        for k in range(4)
    ]
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_bar()
        .encode(
            x=alt.X("place:N", title="place and word", axis=alt.Axis(labelAngle=-45)),
            y=alt.Y("p:Q", title="probability", scale=alt.Scale(domain=[0, 1])),
            color=alt.Color(
                "tag:N",
                title="tag",
                scale=alt.Scale(range=["#3b7dd8", "#e08a1e", "#8c8c8c", "#d6404a"]),
                legend=alt.Legend(orient="bottom"),
            ),
            column=alt.Column("read:N", title=None, sort=list(read)),
            tooltip=["read:N", "place:N", "tag:N", alt.Tooltip("p:Q", format=".2f")],
        )
        .properties(width=175, height=200)
        .configure_axis(labelFontSize=12, titleFontSize=13)
        .configure_header(labelFontSize=13)
    )
