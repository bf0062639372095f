"""How much of the processor a notebook's processes had, and how long they waited for it.

A limit by the clock would punish a notebook for a busy neighbour. One in processor time alone would let a notebook
sleep for ever. So the clock of a notebook stands still while its processes are ready to run and others are running.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from autograder.sandbox.memory import family

__all__ = ["Clock", "spent", "waited"]

TICKS = os.sysconf("SC_CLK_TCK")


def spent(pids: list[int]) -> float:
    """Return the processor seconds of these processes, and of those that they started and that have ended."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[11:15]))
        except (OSError, ValueError):  # it ended while we looked
            continue
    return total / TICKS


def waited(pids: list[int]) -> float:
    """Return the seconds that these processes were ready to run and did not: 0 where the system does not tell."""
    total = 0
    for pid in pids:
        try:
            total += int(Path(f"/proc/{pid}/schedstat").read_text().split()[1])
        except (OSError, ValueError, IndexError):
            continue
    return total / 1e9


class Clock:
    """The time of one notebook: that of the wall, less what a neighbour took of it.

    room: the most seconds that are left out of account, whatever happens.
    """

    def __init__(self, room: float, forgiven: float = 0.0):
        self.room, self.forgiven, self._last = room, forgiven, (0.0, 0.0, 0.0)

    def now(self) -> float:
        """Return the time, in seconds."""
        return time.monotonic() - self.forgiven

    def look(self, *roots: int) -> None:
        """Leave out what the processes at and below these waited, as far as they did not themselves fill the time."""
        pids = family(*roots)
        wall, ready, busy = self._last
        self._last = time.monotonic(), waited(pids), spent(pids)
        if wall:
            passed, idle = self._last[0] - wall, self._last[0] - wall - (self._last[2] - busy)
            more = min(self._last[1] - ready, idle, passed)
            self.forgiven = min(self.room, self.forgiven + max(0.0, more))
