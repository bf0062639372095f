"""Data: sources of known entropy, and real text."""

from rnncore.data.corpora import corpus_file, tiny_shakespeare
from rnncore.data.sources import EVEN_PROCESS, GOLDEN_MEAN, SOURCES, Source, too_good
from rnncore.data.text import Vocabulary, lm_batches

__all__ = [
    "EVEN_PROCESS",
    "GOLDEN_MEAN",
    "SOURCES",
    "Source",
    "Vocabulary",
    "corpus_file",
    "lm_batches",
    "tiny_shakespeare",
    "too_good",
]
