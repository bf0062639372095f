"""The seed of one student's hidden cases: the instructor can compute it again, and nobody else can."""

from __future__ import annotations

import hashlib
import hmac

__all__ = ["derive_seed"]


def derive_seed(secret: bytes, assignment: str, student: str) -> int:
    """A number below 2**63 from the course's secret, the assignment and the student (HMAC-SHA256)."""
    digest = hmac.new(secret, f"{assignment}|{student}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") >> 1
