"""Tunes of the three genres, drawn from the source."""

import altair as alt
import numpy as np

from rnncore.data.sources.tunes import MELODIES

NAMES = ("steps", "leaps", "drone")


def chart() -> alt.Chart:
    """Draw one row for each genre."""
    rng, rows = np.random.default_rng(2), []
    tunes, genres = MELODIES.sample(24, 40, rng)
    for genre, name in enumerate(NAMES):
        tune = tunes[:, np.flatnonzero(genres == genre)[0]]
        rows += [{"genre": name, "t": t + 1, "pitch": int(k) + 1} for t, k in enumerate(tune)]
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_square(size=90, color="#3b7dd8", opacity=1)
        .encode(
            x=alt.X("t:Q", title="time", scale=alt.Scale(domain=[0, 25])),
            y=alt.Y("pitch:Q", title="pitch", axis=alt.Axis(values=[1, 8])),
            row=alt.Row(
                "genre:N",
                title=None,
                sort=list(NAMES),
                header=alt.Header(labelFontSize=13, labelAngle=0, labelAlign="left"),
            ),
            tooltip=["genre:N", "t:Q", "pitch:Q"],
        )
        .properties(width=350, height=90)
        .configure_axis(labelFontSize=12, titleFontSize=13)
    )
