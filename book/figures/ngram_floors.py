"""The even process: the best score of a model that sees k symbols, and the entropy rate."""

import altair as alt

from rnncore.data import SOURCES


def chart() -> alt.LayerChart:
    """Draw dots for the floors, a dashed line for the rate."""
    even = SOURCES["even-process"]
    rows = [{"k": k, "bits": even.floor(k)} for k in range(11)]
    scaled = alt.Y("bits:Q", title="bits per symbol", scale=alt.Scale(domain=[0.62, 0.95], zero=False))
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("k:O", title="symbols seen, k", axis=alt.Axis(labelAngle=0)),
        y=scaled,
        tooltip=["k:O", alt.Tooltip("bits:Q", format=".4f")],
    )
    rate = alt.Chart(alt.Data(values=[{"bits": even.entropy_rate(), "name": "entropy rate"}]))
    return (
        alt.layer(
            base.mark_line(color="#3b7dd8", interpolate="step-after", opacity=0.4),
            base.mark_point(color="#3b7dd8", filled=True, size=70, opacity=1),
            rate.mark_rule(color="currentColor", strokeDash=[6, 4]).encode(y=scaled),
            rate.mark_text(color="currentColor", align="right", dy=12, fontSize=13, x=400).encode(
                y=scaled, text="name:N"
            ),
        )
        .properties(width=410, height=240)
        .configure_axis(labelFontSize=12, titleFontSize=13)
    )
