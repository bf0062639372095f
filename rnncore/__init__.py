"""rnncore: recurrent neural networks with every gradient derived by hand.

Importing this package imports NumPy and nothing heavier.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
