"""What a submission may use. Every number has a default that a laptop can bear and an assignment can raise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

__all__ = ["GIB", "MIB", "Limits"]

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True)
class Limits:
    """Limits of one graded notebook. Times in seconds of its own clock, which stands still while a neighbour has its
    processor, unless a name says otherwise.

    start: until the kernel answers. cell: one cell of the student's. call: one call of a student's function.
    test: one test cell, all its calls together. total: the whole notebook. wall: the whole
    notebook by the wall's clock, however busy the machine. cpu: processor seconds of one process.
    memory: address space of one process. resident: memory in use by all processes of the sandbox together.
    tmp: size of the private /tmp. file: size of one file. files: open files of one process. processes: and threads.
    judge: processor seconds to judge one test cell, the student's own calls not counted. judge_memory: address space
    that judging one test cell may take above what the grader has in use.
    output: bytes received from the kernel in all, above those sent to it. message: bytes of one message.
    kept: bytes kept of one cell.
    forbidden: what a submission may not use. Packages: they are not there at all, whatever it does to get at them.
    Operators of torch, such as aten::gru: called by whatever road, they raise, and no other program can be started.
    """

    start: float = 60.0
    cell: float = 30.0
    call: float = 10.0
    test: float = 60.0
    total: float = 600.0
    wall: float = 3600.0
    cpu: int = 600
    memory: int = 4 * GIB
    resident: int = 2 * GIB
    tmp: int = 64 * MIB
    file: int = 64 * MIB
    files: int = 256
    processes: int = 64
    judge: int = 60
    judge_memory: int = 1 * GIB
    output: int = 16 * MIB
    message: int = 8 * MIB
    kept: int = 400_000
    forbidden: tuple[str, ...] = ("torch", "tensorflow", "jax", "keras")

    def of(self, notebook: Mapping) -> Limits:
        """Return these limits, but for those that the instructor's notebook of an assignment sets itself."""
        return replace(self, **notebook["metadata"].get("rnn_course", {}).get("limits", {}))

    def __post_init__(self):
        object.__setattr__(self, "forbidden", tuple(self.forbidden))
        for name, value in vars(self).items():
            if name != "forbidden" and value <= 0:
                raise ValueError(f"{name}: got {value!r}, expected a number above 0")
        for name in self.forbidden:
            if not name.removeprefix("aten::").isidentifier():
                raise ValueError(f"forbidden: got {name!r}, expected names of packages, without dots, or aten::NAME")
