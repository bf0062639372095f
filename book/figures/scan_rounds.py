"""Which steps each position has gathered after so many rounds of doubling, for twelve steps."""

import altair as alt

T = 12
ROUNDS = range(5)


def rows() -> list[dict]:
    """Return the steps that position t holds after round r: max(1, t - 2^r + 1) to t."""
    return [
        {"round": r, "position": t, "step": s, "own": s == t}
        for r in ROUNDS
        for t in range(1, T + 1)
        for s in range(max(1, t - 2**r + 1), t + 1)
    ]


def chart() -> alt.LayerChart:
    """Draw a triangle of squares that fills, round by round."""
    chosen = alt.param(
        name="scan_round", value=2, bind=alt.binding_range(min=0, max=max(ROUNDS), step=1, name="rounds done: ")
    )
    cells = (
        alt.Chart(alt.Data(values=rows()))
        .transform_filter("datum.round == scan_round")
        .mark_rect(stroke="currentColor", strokeWidth=0.5)
        .encode(
            x=alt.X(
                "step:O",
                title="step that is inside",
                axis=alt.Axis(labelAngle=0),
                scale=alt.Scale(domain=list(range(1, T + 1))),
            ),
            y=alt.Y("position:O", title="position t", scale=alt.Scale(domain=list(range(1, T + 1)))),
            color=alt.Color("own:N", scale=alt.Scale(domain=[True, False], range=["#1f4f91", "#3b7dd8"]), legend=None),
        )
    )
    return (
        alt.layer(cells)
        .add_params(chosen)
        .properties(width=320, height=300, usermeta={"play": {"param": "scan_round", "seconds": 6}})
        .configure_axis(labelFontSize=12, titleFontSize=13, grid=False)
    )
