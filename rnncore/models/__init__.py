"""Models: each owns its parameters, a forward pass and a backward pass, in the order of `rnncore.types.Model`."""

from rnncore.models.classifier import Classifier
from rnncore.models.conditional import Conditional
from rnncore.models.decode import Hypothesis, beam, greedy, sample, stream, without
from rnncore.models.language import LanguageModel
from rnncore.models.seq2seq import Seq2Seq
from rnncore.models.tagger import Tagger

__all__ = [
    "Classifier",
    "Conditional",
    "Hypothesis",
    "LanguageModel",
    "Seq2Seq",
    "Tagger",
    "beam",
    "greedy",
    "sample",
    "stream",
    "without",
]
