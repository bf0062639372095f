"""How much memory a process and all its children have in use."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["highest", "resident"]


def highest(pid: int) -> int:
    """Return the most bytes that one process ever had in use. 0 if it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        return 1024 * int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.M)[1])  # type: ignore[index]
    except (OSError, TypeError):
        return 0


def resident(pid: int | None) -> int:
    """Return the bytes in use by a process and those it started; 0 if it is gone.

    Pages that several processes share are counted once.
    """
    total, todo, seen = 0, [pid] if pid else [], set()
    while todo:
        pid = todo.pop()
        if pid in seen:
            continue
        seen.add(pid)
        folder = Path(f"/proc/{pid}")
        try:
            rollup = (folder / "smaps_rollup").read_text()
            total += 1024 * int(re.search(r"^Pss:\s+(\d+) kB", rollup, re.M)[1])  # type: ignore[index]
            for task in (folder / "task").iterdir():
                todo += [int(child) for child in (task / "children").read_text().split()]
        except (OSError, TypeError):  # it ended while we looked
            continue
    return total
