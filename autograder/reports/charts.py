"""Pictures of the class report, as SVG whose text takes the colour of the page, light or dark."""

from __future__ import annotations

from typing import Any

import altair as alt
import vl_convert

__all__ = ["OUTCOMES", "histogram", "mistake_bars", "outcome_bars"]

OUTCOMES = {"right": "#009e73", "partly": "#56b4e9", "wrong": "#d55e00", "stopped": "#cc79a7", "not started": "#999999"}
"""How a test can end, with colours that most people can tell apart (Okabe and Ito)."""

WIDTH, LINE = 620, 24
FAINT = "rgba(128,128,128,0.25)"


def histogram(scores: list[float], points: float) -> str:
    """Draw the number of students by score."""
    chart = (
        _chart([{"score": score} for score in scores], 150)
        .mark_bar(color="#3b7dd8")
        .encode(
            x=alt.X(
                "score:Q", bin=alt.Bin(maxbins=20, extent=[0, points or 1]), title="points", axis=alt.Axis(grid=False)
            ),
            y=alt.Y("count():Q", title="students", axis=alt.Axis(tickMinStep=1, gridColor=FAINT)),
        )
    )
    return _svg(chart)


def outcome_bars(counts: dict[str, dict[str, int]]) -> str:
    """Draw how each exercise ended: exercise -> outcome -> number of students, as parts of one bar."""
    values = [
        {"exercise": name, "outcome": outcome, "students": found.get(outcome, 0), "order": k}
        for name, found in counts.items()
        for k, outcome in enumerate(OUTCOMES)
    ]
    colours = alt.Scale(domain=list(OUTCOMES), range=list(OUTCOMES.values()))
    chart = (
        _chart(values, LINE * len(counts))
        .mark_bar()
        .encode(
            x=alt.X("students:Q", stack="normalize", title="share of students", axis=alt.Axis(format="%", grid=False)),
            y=alt.Y("exercise:N", sort=list(counts), title=None, axis=alt.Axis(labelLimit=220)),
            color=alt.Color("outcome:N", title=None, legend=alt.Legend(orient="top"), scale=colours),
            order="order:Q",
        )
    )
    return _svg(chart)


def mistake_bars(counts: list[tuple[str, int]]) -> str:
    """Draw how often each mistake was made, most frequent first; at least one."""
    values = [{"mistake": name, "students": count} for name, count in counts]
    most = max(count for _, count in counts)
    whole: Any = list(range(most + 1)) if most <= 10 else alt.Undefined  # or the axis would count half students
    ticks = alt.Axis(format="d", gridColor=FAINT, values=whole)
    chart = (
        _chart(values, LINE * len(counts))
        .mark_bar(color="#d55e00")
        .encode(
            x=alt.X("students:Q", title="students", axis=ticks),
            y=alt.Y("mistake:N", sort=[name for name, _ in counts], title=None, axis=alt.Axis(labelLimit=330)),
        )
    )
    return _svg(chart)


def _chart(values: list[dict[str, Any]], height: int) -> alt.Chart:
    """Return an empty chart of the report's width over these values."""
    return alt.Chart(alt.Data(values=values), width=WIDTH, height=height)


def _svg(chart: alt.Chart) -> str:
    """Return the chart as SVG in the page's own colour."""
    legend = {"labelColor": "currentColor", "labelFontSize": 12}
    title = {"titleColor": "currentColor", "titleFontSize": 12, "titleFontWeight": "normal"}
    quiet = {**legend, **title, "domainColor": "currentColor", "tickColor": "currentColor"}
    chart = chart.configure(background="transparent", axis=quiet, legend=legend, view={"stroke": None})
    return vl_convert.vegalite_to_svg(chart.to_json())
