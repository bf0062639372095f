"""What knowing the genre saves at each note, for genres that are easy and hard to tell apart."""

import altair as alt

from rnncore.data.sources.tunes import STRONG, WEAK


def chart() -> alt.LayerChart:
    """Draw differences of I(genre; first T notes)."""
    rows = []
    for name, source in (("0.9 and 0.1", STRONG), ("0.6 and 0.4", WEAK)):
        before = 0.0
        for T in range(1, 13):
            now = source.information(T)
            rows.append({"t": T, "bits": now - before, "chains": name})
            before = now
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("t:O", title="note", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("bits:Q", title="bits saved at this note"),
        color=alt.Color(
            "chains:N",
            title="stays with",
            scale=alt.Scale(range=["#e08a1e", "#3b7dd8"]),
            legend=alt.Legend(orient="top-right"),
        ),
        tooltip=["chains:N", "t:O", alt.Tooltip("bits:Q", format=".3f")],
    )
    return (
        alt.layer(base.mark_line(strokeWidth=2), base.mark_point(filled=True, size=55, opacity=1))
        .properties(width=410, height=230)
        .configure_axis(labelFontSize=12, titleFontSize=13)
        .configure_legend(labelFontSize=13, titleFontSize=13)
    )
