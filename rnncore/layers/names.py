"""Names: of parameters within a flat dict, where a part's stand after its prefix, and of sizes."""

from __future__ import annotations

from typing import Any

__all__ = ["at_least_one", "prefixed", "under"]


def prefixed(prefix: str, arrays: dict[str, Any]) -> dict[str, Any]:
    """Every name with the prefix before it."""
    return {prefix + name: array for name, array in arrays.items()}


def under(prefix: str, arrays: dict[str, Any]) -> dict[str, Any]:
    """The arrays whose names begin with the prefix, under what follows it."""
    return {name[len(prefix) :]: array for name, array in arrays.items() if name.startswith(prefix)}


def at_least_one(model: Any, *sizes: str) -> None:
    """Raise ValueError, naming it, for the first of these attributes that is not an integer of 1 or more."""
    for name in sizes:
        value = getattr(model, name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{name}: got {value!r}, expected an integer, at least 1")
