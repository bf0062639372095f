"""`python -m rnncore`: what this machine has for rnncore, see `rnncore.doctor`.

With `--compile` it compiles every cell for float32 and float64 now, and not at its first use. Where that was done
before, or where numba is not installed, there is nothing to do.
"""

from __future__ import annotations

import argparse
import importlib.util

import rnncore
from rnncore.cells import CELLS


def compile_all() -> None:
    """Compile what is not compiled yet."""
    if importlib.util.find_spec("numba") is None:
        return
    from rnncore.engines.cpu.engine import kernels

    for cell in CELLS.values():
        for dtype in ("float32", "float64"):
            kernels(cell, dtype)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compile", action="store_true", help="compile the CPU engine's kernels, and measure nothing")
    if parser.parse_args().compile:
        compile_all()
    else:
        rnncore.doctor()
