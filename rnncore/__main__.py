"""`python -m rnncore`: what this machine has for rnncore, see `rnncore.doctor`; and finished models at work.

With `--compile` it compiles every cell for float32 and float64 now, and not at its first use. Where that was done
before, or where numba is not installed, there is nothing to do.

A model that a task has kept with `--save model.npz` is used again by

python -m rnncore generate model.npz --prompt "Once"    text goes on, a condition is told of, music is composed
python -m rnncore tag model.npz "the dog runs"          parts of speech
python -m rnncore classify model.npz "a name"           labels
python -m rnncore translate model.npz "ein Hund"        translations
"""

from __future__ import annotations

import argparse
import importlib.util
import sys

import rnncore
from rnncore.cells import CELLS

USES = ("generate", "tag", "classify", "translate")


def compile_all() -> None:
    """Compile what is not compiled yet."""
    if importlib.util.find_spec("numba") is None:
        return
    from rnncore.engines.cpu.engine import kernels

    for cell in CELLS.values():
        for dtype in ("float32", "float64"):
            kernels(cell, dtype)


def main(arguments: list[str]) -> int:
    """Run the command line."""
    if arguments[:1] and arguments[0] in USES:
        from rnncore.tasks.use import main as use

        return use(arguments)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compile", action="store_true", help="compile the CPU engine's kernels, and measure nothing")
    if parser.parse_args(arguments).compile:
        compile_all()
    else:
        rnncore.doctor()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
