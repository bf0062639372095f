"""Sources whose optimum is known exactly: each computes its own entropy and the probability of any string."""

from rnncore.data.sources.grammar import EMBEDDED_REBER, REBER, Grammar
from rnncore.data.sources.hidden_markov import EVEN_PROCESS, GOLDEN_MEAN, SIMPLE_NONUNIFILAR, SOURCES, Source, too_good
from rnncore.data.sources.memory import ADDING_BASELINE, adding_task, copy_baseline, copy_task
from rnncore.data.sources.reviews import REVIEWS, Reviews
from rnncore.data.sources.scenes import SCENES, Scenes
from rnncore.data.sources.tagged import TAGGED, TaggedSource
from rnncore.data.sources.translation import Numbers, Reversal
from rnncore.data.sources.tunes import MELODIES, STRONG, WEAK, Tunes

__all__ = [
    "ADDING_BASELINE",
    "EMBEDDED_REBER",
    "EVEN_PROCESS",
    "GOLDEN_MEAN",
    "MELODIES",
    "REBER",
    "REVIEWS",
    "SCENES",
    "SIMPLE_NONUNIFILAR",
    "SOURCES",
    "STRONG",
    "TAGGED",
    "WEAK",
    "Grammar",
    "Numbers",
    "Reversal",
    "Reviews",
    "Scenes",
    "Source",
    "TaggedSource",
    "Tunes",
    "adding_task",
    "copy_baseline",
    "copy_task",
    "too_good",
]
