"""The little grammar that messages need."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["listed"]


def listed(names: Sequence[object], most: int = 100) -> str:
    """Return names as English lists them, "dx, dh and dV". Those above `most` are counted, not named."""
    shown = [str(name) for name in names[:most]]
    shown += [f"{len(names) - most} more"] * (len(names) > most)
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
