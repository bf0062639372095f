"""Data: sources of known entropy, and real text."""

from rnncore.data.corpora import (
    corpus_file,
    jsb_chorales,
    multi30k,
    names,
    rt_polarity,
    tiny_shakespeare,
    ud_english_ewt,
)
from rnncore.data.ngram import NGram
from rnncore.data.sources import EVEN_PROCESS, GOLDEN_MEAN, SOURCES, Source, too_good
from rnncore.data.text import EOS, UNK, Vocabulary, length_batches, lm_batches, pad_batch, shifted

__all__ = [
    "EOS",
    "EVEN_PROCESS",
    "GOLDEN_MEAN",
    "SOURCES",
    "UNK",
    "NGram",
    "Source",
    "Vocabulary",
    "corpus_file",
    "jsb_chorales",
    "length_batches",
    "lm_batches",
    "multi30k",
    "names",
    "pad_batch",
    "rt_polarity",
    "shifted",
    "tiny_shakespeare",
    "too_good",
    "ud_english_ewt",
]
