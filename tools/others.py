"""Put wrong answers of this course to the public tests of another one, where its licence allows it; counts are kept.

    python -m tools.others --json results/other-tests.json

So far there is one: the checks of `get_batch` in the package of MIT's introduction to deep learning (MIT licence).
Its batches are our `lm_batches`, the first pair, with the two axes exchanged. A wrong answer takes part if that pair
is wrong by itself. The tests are read out of the released source and run as they are.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import hashlib
import io
import json
import tarfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import numpy as np

from autograder.checks import run_check
from autograder.checks.known_answers import answers
from autograder.checks.solutions import solution_functions

__all__ = ["main", "public_tests", "right_pair"]

VERSION = "0.7.5"
SHA256 = "56b1588e1574d17f3ff07a3d56e3b45f2f568f78a92855141f959f407084242b"
WHERE = (
    "https://files.pythonhosted.org/packages/df/46/ccf59a78065fdcda677ad2e6a8109ef0b118dfd6987daa67cf5609df84b0/"
    f"mitdeeplearning-{VERSION}.tar.gz"
)


def public_tests() -> list[Callable]:
    """Return their three tests of `get_batch`. Raise ValueError if the file is not the one that was looked at."""
    data = urllib.request.urlopen(WHERE, timeout=60).read()
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise ValueError(f"{WHERE}: its hash is not the one expected")
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        member = archive.extractfile(f"mitdeeplearning-{VERSION}/mitdeeplearning/lab1.py")
        assert member is not None
        tree = ast.parse(member.read())
    tree.body = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name.startswith("test_batch_func")]
    scope: dict = {"np": np}
    exec(compile(tree, "lab1.py", "exec"), scope)
    return [scope[node.name] for node in tree.body if isinstance(node, ast.FunctionDef)]


def get_batch(lm_batches: Callable) -> Callable:
    """Build the interface that they test, over ours."""

    def batch(text, steps, streams):
        inputs, targets = lm_batches(text, steps, streams)[0]
        return inputs.T, targets.T

    return batch


def right_pair(batch: Callable, text, steps: int, streams: int) -> bool:
    """Return whether a pair is windows of the text and the same windows one symbol on. text: no symbol twice."""
    try:
        inputs, targets = batch(text, steps, streams)
    except Exception:
        return False
    start = inputs[:, :1] if inputs.ndim == 2 else inputs
    window = start + np.arange(steps)
    return inputs.shape == (streams, steps) and np.array_equal(inputs, window) and np.array_equal(targets, window + 1)


def passes(test: Callable, batch: Callable, args: tuple) -> bool:
    """Return whether the test accepts it."""
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            return bool(test(batch, args))
        except Exception:
            return False


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, required=True, metavar="FILE")
    options = parser.parse_args(arguments)
    tests, args = public_tests(), (np.arange(101), 10, 4)
    base, rows = solution_functions("lm_batches"), []
    for answer in answers("lm_batches", "wrong"):
        functions = answer.functions(base)
        batch = get_batch(functions["lm_batches"])
        if right_pair(batch, *args):
            continue
        there = not all(passes(test, batch, args) for test in tests)
        here = not run_check("lm_batches", tuple(functions.values())).passed
        rows.append({"wrong answer": answer.name, "caught there": there, "caught here": here})
    found = {
        "command": f"python -m tools.others --json {options.json}",
        "date": time.strftime("%Y-%m-%d"),
        "tests": f"the {len(tests)} public tests of get_batch in mitdeeplearning {VERSION}, MIT licence",
        "solution passes there": all(passes(test, get_batch(base["lm_batches"]), args) for test in tests),
        "answers": rows,
    }
    options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(
        f"{len(rows)} wrong answers: {sum(r['caught there'] for r in rows)} caught there, "
        f"{sum(r['caught here'] for r in rows)} caught here"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
