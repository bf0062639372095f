"""The reference as an engine: `rnncore.scan`, for every library, device and dtype."""

from __future__ import annotations

from rnncore.engines.record import Engine
from rnncore.scan import scan, scan_backward

__all__ = ["ENGINE"]

ENGINE = Engine("reference", lambda cell, xs: None, scan, scan_backward, plain=True)
