"""BLEU of perfect translations that are cut short."""

import altair as alt
import numpy as np


def chart() -> alt.Chart:
    """Draw the brevity penalty alone."""
    rows = [{"kept": float(s), "bleu": float(100 * np.exp(min(0.0, 1 - 1 / s)))} for s in np.arange(0.1, 1.001, 0.02)]
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_line(color="#3b7dd8", strokeWidth=2)
        .encode(
            x=alt.X("kept:Q", title="share of the words kept", axis=alt.Axis(format="%")),
            y=alt.Y("bleu:Q", title="BLEU"),
            tooltip=[alt.Tooltip("kept:Q", format=".0%"), alt.Tooltip("bleu:Q", format=".1f")],
        )
        .properties(width=400, height=210)
        .configure_axis(labelFontSize=12, titleFontSize=13)
    )
