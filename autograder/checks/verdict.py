"""What a check concludes."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["CheckFailed", "Verdict"]


@dataclass(frozen=True)
class Verdict:
    """message: what the student reads. diagnosis: the id of the known mistake, or None. cases: how many ran.

    share: of the points, from 0 to 1. Below 1 unless passed; above 0 without passing only where an exercise has parts.
    """

    exercise: str
    passed: bool
    message: str
    diagnosis: str | None = None
    warnings: list[str] = field(default_factory=list)
    cases: int = 0
    share: float | None = None

    def __post_init__(self) -> None:
        if self.share is None:
            object.__setattr__(self, "share", 1.0 if self.passed else 0.0)


class CheckFailed(AssertionError):
    """Raised by `check`. In a notebook it shows its message alone, without a traceback."""

    def __init__(self, verdict: Verdict):
        super().__init__(verdict.message)
        self.verdict = verdict

    def _render_traceback_(self) -> list[str]:  # the hook that IPython asks for
        return [self.verdict.message]
