"""Cells: the equations' only home. One file each."""

from rnncore.cells.rnn import RNN

__all__ = ["RNN"]
