"""Importing this ties the life of a process to its parent's: it is killed when the parent ends, however that ends.

The fork server of the workers imports it. A worker that it forks says it again, since a child does not inherit it.
"""

import ctypes
import signal

__all__ = ["tie"]

PR_SET_PDEATHSIG = 1


def tie() -> None:
    """Ask the system for a SIGKILL when the parent ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


tie()
