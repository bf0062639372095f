"""The even process while a small network learns it: its loss, the floors of windows, and the entropy rate."""

import altair as alt

from rnncore.data import SOURCES
from rnncore.tasks import charlm as task

BITS = 1.4426950408889634


def losses() -> list[dict]:
    """Return the bits per symbol in training, the mean of ten steps each time."""
    even = SOURCES["even-process"]
    kept, fit = [], task.fit

    def watched(*args, **kwargs):
        run = fit(*args, **{**kwargs, "every": 10})
        kept.extend(run.history)
        return run

    task.fit = watched
    try:
        task.train_source(even, steps=900, H=24, seed=0, progress=False)
    finally:
        task.fit = fit
    return [{"step": entry["step"], "bits": entry["loss"] * BITS} for entry in kept]


def chart() -> alt.LayerChart:
    """Draw the curve in blue, floors as thin dashed lines with their window at the right end."""
    even = SOURCES["even-process"]
    lines = [{"bits": even.floor(k), "name": f"k = {k}"} for k in (0, 2, 4)]
    lines.append({"bits": even.entropy_rate(), "name": "entropy rate"})
    bits = alt.Y("bits:Q", title="bits per symbol", scale=alt.Scale(domain=[0.62, 1.0], zero=False))
    curve = (
        alt.Chart(alt.Data(values=losses()))
        .mark_line(color="#3b7dd8", strokeWidth=2)
        .encode(
            x=alt.X("step:Q", title="training step", scale=alt.Scale(type="log", domain=[10, 2000])),
            y=bits,
            tooltip=["step:Q", alt.Tooltip("bits:Q", format=".3f")],
        )
    )
    floors = alt.Chart(alt.Data(values=lines)).encode(y=bits)
    return (
        alt.layer(
            floors.mark_rule(strokeDash=[5, 4], color="currentColor", opacity=0.6),
            floors.mark_text(align="right", dy=-7, x=408, fontSize=12, color="currentColor").encode(text="name:N"),
            curve,
        )
        .properties(width=410, height=270)
        .configure_axis(labelFontSize=12, titleFontSize=13)
    )
