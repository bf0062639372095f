"""Time of a training step of an LSTM as one size grows, from benchmarks/results/scaling.json."""

import json
from pathlib import Path

import altair as alt

STORED = Path(__file__).resolve().parents[2] / "benchmarks" / "results" / "scaling.json"
SHOWN = {"engine": "rnncore's engine", "NumPy": "NumPy reference", "torch.nn": "torch.nn"}


def rows() -> list[dict]:
    """Return one row for each varied size, value and program."""
    return [
        {"varied": result["varied"], "value": value, "program": shown, "ms": round(row["median"], 3)}
        for result in json.loads(STORED.read_text())["results"]
        for name, shown in SHOWN.items()
        for value, row in zip(result["values"], result["ms"][name])
    ]


def chart() -> alt.LayerChart:
    """Draw three lines, both axes logarithmic."""
    varied = alt.param(
        name="scaling_varied", value="T", bind=alt.binding_select(options=["T", "B", "H"], name="what grows: ")
    )
    lines = (
        alt.Chart(alt.Data(values=rows()))
        .transform_filter("datum.varied == scaling_varied")
        .mark_line(point=alt.OverlayMarkDef(filled=True, size=50), strokeWidth=2)
        .encode(
            x=alt.X(
                "value:Q",
                title="its value",
                scale=alt.Scale(type="log", domain=[1, 1200], nice=False),
                axis=alt.Axis(values=[1, 10, 100, 1000]),
            ),
            y=alt.Y(
                "ms:Q",
                title="milliseconds",
                scale=alt.Scale(type="log", domain=[1, 1000]),
                axis=alt.Axis(values=[1, 10, 100, 1000]),
            ),
            color=alt.Color(
                "program:N",
                scale=alt.Scale(domain=list(SHOWN.values()), range=["#009e73", "#cc79a7", "#b8860b"]),
                legend=alt.Legend(orient="top", columns=2, title=None, labelFontSize=12),
            ),
            strokeDash=alt.StrokeDash(
                "program:N", scale=alt.Scale(domain=list(SHOWN.values()), range=[[1, 0], [6, 3], [2, 2]])
            ),
        )
    )
    return (
        alt.layer(lines)
        .add_params(varied)
        .properties(width=330, height=240)
        .configure_axis(labelFontSize=12, titleFontSize=13)
    )
