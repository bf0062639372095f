"""A beam of two over a small model: which nodes are kept, and the best string."""

import altair as alt
import numpy as np

BLUE = "#3b7dd8"
STEP = {
    "": {"a": 0.5, "b": 0.4, ".": 0.1},
    "a": {"a": 0.3, "b": 0.3, ".": 0.4},
    "b": {"a": 0.85, "b": 0.05, ".": 0.1},
    "ba": {"a": 0.05, "b": 0.05, ".": 0.9},
    "aa": {"a": 0.3, "b": 0.3, ".": 0.4},
    "ab": {"a": 0.3, "b": 0.3, ".": 0.4},
}
"""P(next | string so far); the point is EOS."""


def tree() -> tuple[list[dict], list[dict]]:
    """Return the nodes and edges of a beam of two, three steps deep."""
    live, nodes, edges, finished = [("", 0.0, 0.0)], [{"t": 0, "y": 0.0, "text": "", "kept": "yes"}], [], 0
    for t in range(1, 4):
        grown = [(s + k, logp + float(np.log(p)), y, s) for s, logp, y in live for k, p in STEP[s].items()]
        places = [2.0 - 4.0 * i / max(len(grown) - 1, 1) for i in range(len(grown))]
        kept = sorted(range(len(grown)), key=lambda i: -grown[i][1])[: 2 - finished]
        after = []
        for i, (string, logp, above, _) in enumerate(grown):
            best = string in ("b", "ba", "ba.")
            nodes.append(
                {"t": t, "y": places[i], "text": f"{string} {np.exp(logp):.2f}", "kept": "yes" if i in kept else "no"}
            )
            edges.append({"t": t - 1, "t2": t, "y": above, "y2": places[i], "best": "yes" if best else "no"})
            if i in kept and string.endswith("."):
                finished += 1
            elif i in kept:
                after.append((string, logp, places[i]))
        live = after
    return nodes, edges


def chart() -> alt.LayerChart:
    """Draw lines for edges, circles for nodes, the string and its probability beside each."""
    nodes, edges = tree()
    x = alt.X("t:Q", axis=None, scale=alt.Scale(domain=[-0.1, 3.7]))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-2.3, 2.3]))
    lines = alt.Chart(alt.Data(values=edges)).encode(x=x, x2="t2:Q", y=y, y2="y2:Q")
    dots = alt.Chart(alt.Data(values=nodes)).encode(x=x, y=y)
    return alt.layer(
        lines.transform_filter("datum.best == 'no'").mark_rule(color="currentColor", opacity=0.4),
        lines.transform_filter("datum.best == 'yes'").mark_rule(color=BLUE, strokeWidth=4),
        dots.mark_circle(size=150, stroke=BLUE, strokeWidth=2, opacity=1).encode(
            color=alt.Color("kept:N", legend=None, scale=alt.Scale(domain=["yes", "no"], range=[BLUE, "transparent"]))
        ),
        dots.mark_text(align="left", dx=10, fontSize=13, color="currentColor").encode(text="text:N"),
    ).properties(width=440, height=260)
