"""Names of parameters within a flat dict, where a part's stand after its prefix."""

from __future__ import annotations

from typing import Any

__all__ = ["prefixed", "under"]


def prefixed(prefix: str, arrays: dict[str, Any]) -> dict[str, Any]:
    """Put the prefix before every name.

    arrays: by their names.
    """
    return {prefix + name: array for name, array in arrays.items()}


def under(prefix: str, arrays: dict[str, Any]) -> dict[str, Any]:
    """Pick the arrays whose names begin with the prefix, under what follows it."""
    return {name[len(prefix) :]: array for name, array in arrays.items() if name.startswith(prefix)}
