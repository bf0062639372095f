"""What a trained classifier believes after each word of one review."""

import altair as alt
import numpy as np

from rnncore.cells import CELLS
from rnncore.data import pad_batch
from rnncore.data.sources import REVIEWS
from rnncore.models import Classifier
from rnncore.train import Adam, StepResult, fit

REVIEW = ["the", "film", "is", "not", "bad", "but", "the", "plot", "is", "awful"]


def beliefs() -> list[dict]:
    """Train as on the page, on beginnings of reviews, too, and read out after each word."""
    rng = np.random.default_rng(0)
    model = Classifier(REVIEWS.symbols, 2, 16, 24, CELLS["gru"])

    def train_step(params, step, rng, carry):
        seqs, labels = REVIEWS.sample(64, rng)
        ids, lengths = pad_batch(seqs)
        shown = np.where(rng.random(64) < 0.5, lengths, 1 + (rng.random(64) * lengths).astype(int))
        total, count, grads = model.loss(params, ids, labels, shown)
        return StepResult(float(total), count, grads)

    run = fit(model.init(rng), train_step, Adam(0.01), 500, rng, clip=1.0, every=500, progress=False)
    ids = np.array([REVIEWS.vocabulary.index(word) for word in REVIEW])
    rows = []
    for n in range(1, len(ids) + 1):
        scores, _ = model.forward(run.params, ids[:n, None])
        p = np.exp(scores[0] - scores[0].max())
        rows.append({"n": n, "word": REVIEW[n - 1], "praise": float((p / p.sum())[1])})
    return rows


def chart() -> alt.LayerChart:
    """Draw a line over the words, and the words themselves along it."""
    base = alt.Chart(alt.Data(values=beliefs())).encode(
        x=alt.X("n:O", title=None, axis=alt.Axis(labelExpr=f"{REVIEW}[datum.value - 1]", labelAngle=-45)),
        y=alt.Y("praise:Q", title="probability of praise", scale=alt.Scale(domain=[0, 1])),
        tooltip=["word:N", alt.Tooltip("praise:Q", format=".2f")],
    )
    return (
        alt.layer(
            base.mark_line(color="#3b7dd8", strokeWidth=2), base.mark_point(color="#3b7dd8", filled=True, size=60)
        )
        .properties(width=400, height=220)
        .configure_axis(labelFontSize=13, titleFontSize=13)
    )
