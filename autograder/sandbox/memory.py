"""How much memory a process and all its children have in use, and what the system keeps for them in sockets."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["family", "highest", "queued", "resident"]


def highest(pid: int) -> int:
    """Return the most bytes that one process ever had in use. 0 if it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        return 1024 * int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.M)[1])  # type: ignore[index]
    except (OSError, TypeError):
        return 0


def family(*roots: int) -> list[int]:
    """Return the processes of these numbers and all that they started, as far as these still have them."""
    todo, seen = list(roots), []
    while todo:
        pid = todo.pop()
        if pid in seen:
            continue
        seen.append(pid)
        try:
            for task in Path(f"/proc/{pid}/task").iterdir():
                todo += [int(child) for child in (task / "children").read_text().split()]
        except OSError:  # it ended while we looked
            continue
    return seen


def resident(*roots: int) -> int:
    """Return the bytes in use by processes and those they started; 0 for what is gone.

    Pages that several processes share are counted once.
    """
    total = 0
    for pid in family(*roots):
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += 1024 * int(re.search(r"^Pss:\s+(\d+) kB", rollup, re.M)[1])  # type: ignore[index]
        except (OSError, TypeError):
            continue
    return total


def queued(pid: int) -> int:
    """Return the most bytes that can lie in the sockets of a process's network namespace, which no process shows.

    Those on their way from process to process are among them.
    """
    try:
        with open(f"/proc/{pid}/net/unix", "rb") as file:
            count = sum(1 for _ in file) - 1
        return count * 2 * int(Path("/proc/sys/net/core/wmem_max").read_text())
    except (OSError, ValueError):
        return 0
