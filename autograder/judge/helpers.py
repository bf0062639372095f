"""Where an exercise trains, its helpers are the course's own, over here, and not what the notebook left under a name.

What a training returns is numbers. They are judged by functions that the course gives or that had a check of their own,
so a model that is only right together with a helper defined again is none. A backward pass is another matter: it reads
the cache that the student's own forward pass leaves, and what it gives is compared with the true gradient whatever the
forward pass says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograder.checks.calls import Reply, call
from autograder.checks.known_answers import exercises, load_cases
from autograder.checks.solutions import solution_functions
from autograder.inside.values import Raised

__all__ = ["with_own_helpers"]


@dataclass(frozen=True)
class _OwnHelper:
    """A function of the course's, for what `answer` returned. How it fails is told without a line of its own."""

    name: str
    function: Callable
    answer: str

    def __call__(self, *args: Any) -> Any:
        return self.function(*args)

    def call_remote(self, args: tuple, seconds: float | None = None) -> Reply:
        reply = call(self.function, args)
        if reply.error is None:
            return reply
        return Reply(None, (), Raised("", f"the course's own {self.name} cannot use it", self.answer))


def with_own_helpers(exercise: str, functions: tuple[Callable, ...]) -> tuple[Callable, ...]:
    """Return what a check is to be given: all but the answer are the course's own, where the exercise trains."""
    if exercise not in exercises():
        return functions
    spec = load_cases(exercise)
    if getattr(spec, "SECONDS", None) is None or len(functions) != len(spec.FUNCTIONS):
        return functions
    own, (*helpers, answer) = solution_functions(exercise), spec.FUNCTIONS
    return *(_OwnHelper(name, own[name], answer) for name in helpers), functions[-1]
