"""Memory and processes of one notebook limited by the system itself, where a control group may be made.

Where the processor is shared by groups, too, each fork server has one share, however many processes it started.

A fork server and its children are in one group, since moving a process from group to group takes ten milliseconds.

Version 2 needs a group of our own, as `systemd-run --user --scope -p Delegate=yes` gives; version 1 needs root.
Where neither is there, `Group.make` gives None, and the judge watches the memory itself, four times a second.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder.sandbox.limits import Limits

__all__ = ["Group", "places", "shares", "sweep"]

ROOT = Path("/sys/fs/cgroup")
NAME = "rnncourse"


@dataclass
class Group:
    """The control groups of one fork server: one folder in version 2, one for each controller in version 1."""

    version: int
    folders: list[Path]

    @classmethod
    def make(cls, pid: int) -> Group | None:
        """Put a process, and all that it will start, into a new group. Return None where that is not allowed."""
        version, found = places()
        if not found:
            return None
        name = f"{NAME}-{os.getpid()}-{secrets.token_hex(4)}"
        group = cls(version, [place / name for place in found])
        try:
            for folder in group.folders:
                folder.mkdir()
                (folder / "cgroup.procs").write_text(str(pid))
        except OSError:
            group.remove()
            return None
        return group

    def limit(self, limits: Limits) -> None:
        """Limit what a notebook may use from now on, beside what the group has in use already."""
        used = self._number("memory.current" if self.version == 2 else "memory.usage_in_bytes")
        memory, room = str(used + limits.resident), str(limits.processes + self._number("pids.current"))
        if self.version == 2:
            files = {"memory.max": memory, "memory.swap.max": "0", "pids.max": room}
        else:
            files = {"memory.limit_in_bytes": memory, "pids.max": room}
        for folder in self.folders:
            for file, value in files.items():
                if (folder / file).exists():
                    (folder / file).write_text(value)

    def _number(self, file: str) -> int:
        return sum(int((folder / file).read_text()) for folder in self.folders if (folder / file).exists())

    def killed(self) -> int:
        """Return how many processes the system ended because the group had used up its memory."""
        for folder in self.folders:
            for file in ("memory.events", "memory.oom_control"):
                with contextlib.suppress(OSError):
                    lines = dict(line.split() for line in (folder / file).read_text().splitlines())
                    return int(lines.get("oom_kill", 0))
        return 0

    def remove(self) -> None:
        """Take the group away. Its processes must have ended."""
        for folder in self.folders:
            _remove(folder)


@cache
def places() -> tuple[int, tuple[Path, ...]]:
    """Return (version, the folders in which groups can be made); no folder where none can."""
    own = dict(line.split(":", 2)[1:] for line in Path("/proc/self/cgroup").read_text().splitlines())
    if (ROOT / "cgroup.controllers").exists():
        return 2, _delegated(ROOT / own.get("", "/").lstrip("/"))
    found = []
    for controllers, path in own.items():
        for name in {"memory", "pids", "cpu"} & set(controllers.split(",")):
            place = ROOT / name / path.lstrip("/")
            if _can_make(place if place.is_dir() else ROOT / name):
                found.append(place if place.is_dir() else ROOT / name)
    return 1, tuple(sorted(found))


def shares() -> bool:
    """Return whether the groups share the processor, too."""
    version, found = places()
    if version == 1:
        return ROOT / "cpu" in [place for each in found for place in (each, *each.parents)]
    return any("cpu" in (place / "cgroup.subtree_control").read_text().split() for place in found)


def sweep() -> None:
    """Take away the groups of processes that are no more: one that was killed could not do so itself."""
    for place in places()[1]:
        for stale in place.glob(f"{NAME}-*-*"):
            if not Path(f"/proc/{stale.name.split('-')[1]}").exists():
                _remove(stale)


def _remove(folder: Path) -> None:
    """Remove a group, and try again for a while: a process just killed still counts for some milliseconds."""
    for _ in range(20):
        try:
            folder.rmdir()
            return
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.005)


def _delegated(place: Path) -> tuple[Path, ...]:
    """Return the place, if groups with limits can be made in it, else nothing.

    A group with processes in it can have no groups with limits: we move into one of our own first.
    """
    try:
        there = set((place / "cgroup.controllers").read_text().split())
        if not {"memory", "pids"} <= there:
            return ()
        leaf = place / "grader"
        leaf.mkdir(exist_ok=True)
        for pid in (place / "cgroup.procs").read_text().split():
            (leaf / "cgroup.procs").write_text(pid)
        (place / "cgroup.subtree_control").write_text(
            " ".join(f"+{name}" for name in {"memory", "pids", "cpu"} & there)
        )
        return (place,)
    except OSError:
        return ()


def _can_make(place: Path) -> bool:
    probe = place / f"{NAME}-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        probe.mkdir()
        probe.rmdir()
        return True
    except OSError:
        return False
