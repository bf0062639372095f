"""Time of a training step over that of its matrix products alone, from benchmarks/results/layers.json."""

import json
from pathlib import Path

import altair as alt

STORED = Path(__file__).resolve().parents[2] / "benchmarks" / "results" / "layers.json"
SHOWN = {
    "engine": "rnncore's engine",
    "NumPy": "NumPy reference",
    "torch.nn": "torch.nn",
    "torch loop": "torch, a loop",
}
COLOURS = ["#009e73", "#cc79a7", "#b8860b", "#8c8c8c"]


def rows() -> list[dict]:
    """Return one row for each cell, size and program; the floor is the faster of the two libraries' products."""
    found = []
    for result in json.loads(STORED.read_text())["results"]:
        ms = {name: row["median"] for name, row in result["ms"].items()}
        floor = min(ms["products, NumPy"], ms["products, torch"])
        size = ", ".join(map(str, result["B,T,D,H"]))
        found += [
            {"cell": result["cell"].upper(), "size": size, "program": shown, "times": round(ms[name] / floor, 3)}
            for name, shown in SHOWN.items()
        ]
    return found


def chart() -> alt.LayerChart:
    """Draw points on a logarithmic axis, a row for each size, and the floor as a line at 1."""
    values = rows()
    sizes = list(dict.fromkeys(row["size"] for row in values))
    cell = alt.param(
        name="speed_cell", value="LSTM", bind=alt.binding_select(options=["RNN", "GRU", "LSTM"], name="cell: ")
    )
    points = (
        alt.Chart(alt.Data(values=values))
        .transform_filter("datum.cell == speed_cell")
        .mark_point(filled=True, size=110, opacity=0.95)
        .encode(
            x=alt.X(
                "times:Q",
                title="times the matrix products alone",
                scale=alt.Scale(type="log", domain=[0.7, 24], nice=False),
                axis=alt.Axis(values=[1, 2, 5, 10, 20]),
            ),
            y=alt.Y("size:N", title="B, T, D, H", sort=sizes),
            color=alt.Color(
                "program:N",
                scale=alt.Scale(domain=list(SHOWN.values()), range=COLOURS),
                legend=alt.Legend(orient="top", columns=2, title=None, labelFontSize=12),
            ),
            shape=alt.Shape(
                "program:N",
                scale=alt.Scale(domain=list(SHOWN.values()), range=["circle", "square", "triangle-up", "diamond"]),
            ),
        )
    )
    floor = alt.Chart(alt.Data(values=[{"x": 1}])).mark_rule(color="currentColor", strokeDash=[4, 3]).encode(x="x:Q")
    return (
        alt.layer(floor, points)
        .add_params(cell)
        .properties(width=290, height=230)
        .configure_axis(labelFontSize=12, titleFontSize=13)
    )
