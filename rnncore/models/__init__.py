"""Models: each owns its parameters, a forward pass and a backward pass."""

from rnncore.models.decode import sample
from rnncore.models.language import LanguageModel

__all__ = ["LanguageModel", "sample"]
