"""The order of the four gates in one matrix, in four places."""

import altair as alt

ORDERS = {"this book, torch": "ifgo", "Keras": "ifgo", "ONNX": "iofg", "CS231n": "ifog"}


def chart() -> alt.LayerChart:
    """Draw a column for each; equal gates have equal shades of orange."""
    rows = [{"library": name, "row": k, "gate": gate} for name, order in ORDERS.items() for k, gate in enumerate(order)]
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X(
            "library:N",
            sort=list(ORDERS),
            title=None,
            axis=alt.Axis(labelAngle=0, orient="top", domain=False, ticks=False),
        ),
        y=alt.Y("row:O", axis=None),
    )
    shades = alt.Scale(domain=list("ifgo"), range=["#e08a1e", "#f0b469", "#f7d3a4", "#b86a0c"])
    blocks = base.mark_rect(stroke="white", strokeWidth=3).encode(color=alt.Color("gate:N", scale=shades, legend=None))
    names = base.mark_text(fontSize=16, fontWeight="bold", color="black").encode(text="gate:N")
    return alt.layer(blocks, names).properties(width=430, height=170).configure_axis(labelFontSize=15)
