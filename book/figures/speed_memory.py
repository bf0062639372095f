"""Peak memory of a training step of an LSTM as a share of torch.nn's, from benchmarks/results/memory.json."""

import json
from pathlib import Path

import altair as alt

STORED = Path(__file__).resolve().parents[2] / "benchmarks" / "results" / "memory.json"
SHOWN = {"torch.nn": "torch.nn", "engine": "rnncore's engine", "engine, checkpoints": "with checkpoints"}


def rows() -> list[dict]:
    """Return one row for each size and program."""
    return [
        {
            "size": ", ".join(map(str, result["B,T,D,H"])),
            "program": shown,
            "share": round(result["MiB"][name] / result["MiB"]["torch.nn"], 3),
        }
        for result in json.loads(STORED.read_text())["results"]
        for name, shown in SHOWN.items()
    ]


def chart() -> alt.Chart:
    """Draw three bars for each size."""
    values = rows()
    return (
        alt.Chart(alt.Data(values=values))
        .mark_bar()
        .encode(
            x=alt.X("share:Q", title="peak memory, torch.nn = 1", scale=alt.Scale(domain=[0, 1])),
            y=alt.Y("size:N", title="B, T, D, H", sort=list(dict.fromkeys(row["size"] for row in values))),
            yOffset=alt.YOffset("program:N", sort=list(SHOWN.values())),
            color=alt.Color(
                "program:N",
                scale=alt.Scale(domain=list(SHOWN.values()), range=["#b8860b", "#009e73", "#7fcdbb"]),
                legend=alt.Legend(orient="top", columns=2, title=None, labelFontSize=12),
            ),
        )
        .properties(width=290, height=260)
        .configure_axis(labelFontSize=12, titleFontSize=13)
    )
