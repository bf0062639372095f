"""What a check concludes."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["CheckFailed", "Verdict"]


@dataclass(frozen=True)
class Verdict:
    """message: what the student reads. diagnosis: the id of the known mistake, or None. cases: how many ran."""

    exercise: str
    passed: bool
    message: str
    diagnosis: str | None = None
    warnings: list[str] = field(default_factory=list)
    cases: int = 0


class CheckFailed(AssertionError):
    """Raised by `check`. In a notebook it shows its message alone, without a traceback."""

    def __init__(self, verdict: Verdict):
        super().__init__(verdict.message)
        self.verdict = verdict

    def _render_traceback_(self) -> list[str]:  # the hook that IPython asks for
        return [self.verdict.message]
