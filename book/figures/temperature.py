"""The distribution of the next symbol, with a slider for the temperature."""

import altair as alt

LOGITS = (3.0, 2.0, 1.0, 0.5, 0.0, -1.0)


def chart() -> alt.Chart:
    """Draw bars of P_tau for six symbols."""
    tau = alt.param(value=1.0, bind=alt.binding_range(min=0.1, max=4, step=0.1, name="temperature "), name="tau")
    rows = [{"symbol": "abcdef"[k], "logit": y} for k, y in enumerate(LOGITS)]
    return (
        alt.Chart(alt.Data(values=rows))
        .add_params(tau)
        .transform_calculate(weight="exp((datum.logit - 3) / tau)")
        .transform_joinaggregate(total="sum(weight)")
        .transform_calculate(probability="datum.weight / datum.total")
        .mark_bar(color="#3b7dd8")
        .encode(
            x=alt.X("symbol:N", title="next symbol", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("probability:Q", title="probability", scale=alt.Scale(domain=[0, 1])),
            tooltip=["symbol:N", alt.Tooltip("probability:Q", format=".3f")],
        )
        .properties(width=380, height=220, usermeta={"play": {"param": "tau", "seconds": 8}})
        .configure_axis(labelFontSize=13, titleFontSize=13)
    )
