"""Recurrent cells. Each file holds one cell's calculus: a forward and a backward function per stage."""

from rnncore.cells.gru import GRU, GRU_BEFORE
from rnncore.cells.lstm import LSTM
from rnncore.cells.rnn import RELU_RNN, RNN

__all__ = ["CELLS", "GRU", "GRU_BEFORE", "LSTM", "RELU_RNN", "RNN"]

CELLS = {"rnn": RNN, "relu": RELU_RNN, "lstm": LSTM, "gru": GRU, "gru-before": GRU_BEFORE}
"""The cells by the names that commands use."""
