"""Tables as CSV that a spreadsheet opens without running anything in them."""

from __future__ import annotations

import csv
import io

__all__ = ["csv_text"]


def csv_text(rows: list[list[str]], guard: bool = True) -> str:
    """Return CSV text. guard: a cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow(
            ["'" + cell if guard and cell[:1] in tuple("=+-@\t\r") and not _number(cell) else cell for cell in row]
        )
    return out.getvalue()


def _number(cell: str) -> bool:
    """Return whether the cell is a number, which a spreadsheet takes for no formula."""
    try:
        float(cell)
    except ValueError:
        return False
    return True
