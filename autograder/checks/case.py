"""What a file of cases is made of.

`autograder/cases/<exercise>/cases.py` defines

    FUNCTIONS = ("rnn_step", "rnn_step_backward")   # what `check` is given, in this order; the last is the answer
    EQUATION = "rnn-step-backward"                  # the label to reread, and PAGE, where it stands in the book
    PAGE = "ch02_bptt/bptt"
    CONTRACT = Contract(takes={...}, returns={...})   # what it is given and returns, see autograder/checks/contract.py
    GIVEN = {"last_valid": Contract(...)}           # optional: contracts of functions that are no exercises
    PLAIN_TOO = ("large numbers",)                  # optional: what would be a demand and is plain here
    DEMANDS = ("sizes of 1", "float32")             # optional: asked beyond the plain case, see checks/demands.py
    PARTS = {"dx and dh": 0.4, "weights": 0.6}      # optional: shares of the points; each case names its part
    SECONDS = 60                                    # optional: it trains; a call may take so long, and runs only once

    def cases(rng):                                 # yields Case after Case
        ...

A `Case.run` is a short script over the student's functions. It is given `f`, on which they are called by name,
and returns a dict of named outputs. `f.module(name, args, state, inputs, upstream)` runs a torch module, see
autograder.inside.torch_module. The same script runs over a wrong answer, to see whether it makes the same mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from autograder.checks.compare import RTOL
from autograder.checks.verdict import Difference
from autograder.inside.values import Raised

__all__ = ["SHAPES", "Case", "Failure", "Outcome", "Sizes", "back_twice", "layouts", "sizes", "there_and_back"]


@dataclass(frozen=True)
class Case:
    """One thing to try.

    name: in words, completing "failed at: ...". run: script over the student's functions, see above.
    expected: name -> array, computed by something independent of the student. axes: name -> letters of its axes.
    judge: for outputs that have no one right value: gets the outputs, returns None or what is wrong, in words.
    part: which of the exercise's PARTS this case belongs to.
    """

    name: str
    run: Callable[[Any], Mapping[str, Any]]
    expected: Mapping[str, Any] = field(default_factory=dict)
    axes: Mapping[str, str] = field(default_factory=dict)
    judge: Callable[[Mapping[str, Any]], str | None] | None = None
    rtol: float = RTOL
    part: str = ""


class Outcome(NamedTuple):
    """What one case gave: the outputs or the exception, the last calls, which arguments were changed in place, and how
    a result is not as the contract declares it; and the sizes of the calls.
    """

    outputs: Mapping[str, Any]
    error: Raised | None
    calls: tuple[str, ...]
    changed: tuple[str, ...]
    broken: tuple[Difference, ...] = ()
    sizes: tuple[tuple[str, int], ...] = ()


class Failure(NamedTuple):
    """Why a case failed. kind: that of the first difference, or error, property (the case's own judgement), changed or
    memory. right: the outputs that are as expected. seen: the case's own words, or which argument was changed.
    """

    kind: str
    places: tuple[Difference, ...] = ()
    right: tuple[str, ...] = ()
    error: Raised | None = None
    seen: str = ""


def there_and_back(name, forward, args, backward, upstream, expected, axes, rtol=RTOL) -> Case:
    """Make a case of a forward call for the cache, then the backward call.

    expected: the gradients by name, in the order of the result.
    """

    def run(f):
        _, cache = getattr(f, forward)(*args)
        return dict(zip(expected, getattr(f, backward)(upstream, cache)))

    return Case(name, run, expected, axes, rtol=rtol)


def back_twice(forward, backward, problems) -> Case:
    """Make a case of forward A, forward B, backward A, backward B: a cache kept in one place gives itself away.

    problems: two triples (arguments of forward, upstream gradient, expected gradients by name).
    """

    def run(f):
        caches = [getattr(f, forward)(*args)[1] for args, _, _ in problems]
        grads = [getattr(f, backward)(upstream, cache) for (_, upstream, _), cache in zip(problems, caches)]
        pairs = [zip(want, got) for got, (_, _, want) in zip(grads, problems)]
        return {f"{name} of call {k}": g for k, pair in enumerate(pairs, 1) for name, g in pair}

    expected = {f"{name} of call {k}": g for k, (_, _, want) in enumerate(problems, 1) for name, g in want.items()}
    return Case("forward twice, then backward twice", run, expected)


@dataclass(frozen=True)
class Sizes:
    """Sizes of one problem, with a name for messages."""

    name: str
    T: int
    B: int
    D: int
    H: int


SHAPES = (
    Sizes("all sizes different", T=5, B=3, D=4, H=6),
    Sizes("more inputs than units, one sequence", T=4, B=1, D=7, H=2),
    Sizes("one unit", T=3, B=4, D=2, H=1),
    Sizes("one time step", T=1, B=2, D=3, H=4),
    Sizes("all sizes 1", T=1, B=1, D=1, H=1),
)


def sizes(rng: np.random.Generator) -> Iterator[Sizes]:
    """Yield the fixed shapes, then one drawn at random."""
    yield from SHAPES
    T, B, D, H = rng.permutation(np.arange(2, 8))[:4]
    yield Sizes("random sizes", int(T), int(B), int(D), int(H))


def layouts(array: np.ndarray, read_only: bool = False) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the same values in column-major order and as every other column of a wider array.

    read_only: also read-only, where arguments have to stay as they are.
    """
    yield "an argument in column-major (Fortran) order", np.asfortranarray(array)
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    yield "an argument that is a non-contiguous view", wide[..., ::2]
    if read_only:
        frozen = array.copy()
        frozen.flags.writeable = False
        yield "an argument that is read-only", frozen
