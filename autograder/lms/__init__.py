"""Learning management systems: submissions come from them, and marks go back to them.

`SYSTEMS` is the list of those that are known. Each is one file here that fills in a `System`; nothing else in this
folder names one. nbgrader's exchange, which is folders and no archive, is in `exchange.py`.
"""

from autograder.lms import canvas, moodle
from autograder.lms.system import System

__all__ = ["SYSTEMS"]

SYSTEMS: tuple[System, ...] = (canvas.SYSTEM, moodle.SYSTEM)
"""Asked in this order, by the name of a file and by the columns of a gradebook file; the first that knows it has it."""
