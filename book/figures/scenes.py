"""Six rendered scenes with a caption each."""

import altair as alt
import numpy as np

from rnncore.data.sources import SCENES


def chart() -> alt.Chart:
    """Draw one panel for each scene, two in a row so that captions can be read on a phone."""
    rng = np.random.default_rng(11)
    images, captions, _ = SCENES.sample(6, rng)
    rows = []
    for n, (image, caption) in enumerate(zip(images, captions)):
        words = " ".join(SCENES.vocabulary[k] for k in caption[:-1])
        for place, value in enumerate(image):
            rows.append({"caption": f"{n + 1}. {words}", "row": place // 8, "column": place % 8, "ink": float(value)})
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_rect(stroke=None)
        .encode(
            x=alt.X("column:O", axis=None),
            y=alt.Y("row:O", axis=None),
            color=alt.Color(
                "ink:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=["#eef3fa", "#1d4a8c"], clamp=True)
            ),
            facet=alt.Facet("caption:N", columns=2, title=None, header=alt.Header(labelFontSize=11, labelLimit=300)),
        )
        .properties(width=150, height=150)
        .configure_facet(spacing=26)
    )
