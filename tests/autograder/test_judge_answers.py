"""The known answers once more, with the student's functions far away: the verdict is the same as in this process."""

import os

import pytest

from autograder.build import source_notebook
from autograder.checks import run_check
from autograder.checks.known_answers import answers, exercises, load_cases
from autograder.checks.solutions import SOLUTIONS, assignment, assignments, home, solution_functions
from autograder.judge.kernel import Kernel
from autograder.judge.remote import RemoteFunction
from autograder.sandbox import Limits
from autograder.sandbox.bubblewrap import available

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.slow,
    pytest.mark.skipif(available() is None, reason="bubblewrap is not installed"),
]
SEED, THOROUGH = 20, bool(os.environ.get("THOROUGH"))


@pytest.fixture(scope="module")
def kernels():
    """Yield one kernel for each assignment. It stands for hundreds of notebooks, and may take and write as much."""
    opened = {}
    for name in assignments():
        limits = Limits(start=600, cell=600, call=300, test=3000, total=10**6, cpu=3000, output=1 << 30)
        limits = limits.of(source_notebook(SOLUTIONS / f"{name}.py"))
        kernel = Kernel(limits, cold=True).__enter__()
        for cell in assignment(name).code:
            ran = kernel.run(cell.source)
            assert ran.error is None, (cell, ran)
        opened[name] = kernel
    yield opened
    for kernel in opened.values():
        kernel.__exit__()


def far_verdict(kernel, exercise, code):
    """Return the verdict on `code`, run over the solutions in the student's process."""
    if code:
        ran = kernel.run(code)
        assert ran.error is None, ran
    kernel.open()
    functions = tuple(RemoteFunction(kernel, name) for name in load_cases(exercise).FUNCTIONS)
    return run_check(exercise, functions, SEED)


@pytest.mark.parametrize("exercise", exercises())
def test_far_away_every_known_answer_gets_the_same_verdict(kernels, exercise):
    base = solution_functions(exercise)
    keep = "".join(f"_kept_{name} = {name}\n" for name in base)
    back = "".join(f"{name} = _kept_{name}\n" for name in base)
    kernel = kernels[home(exercise)]
    assert kernel.run(keep).error is None
    verdict = far_verdict(kernel, exercise, "")
    assert verdict.passed, verdict.message
    some = slice(1 if hasattr(load_cases(exercise), "SECONDS") and not THOROUGH else None)  # trainings take seconds
    for answer in (*answers(exercise, "right")[some], *answers(exercise, "wrong")[some]):
        near = run_check(exercise, tuple(answer.functions(base).values()), SEED)
        far = far_verdict(kernel, exercise, back + answer.text)
        one, other = ((each.passed, each.diagnosis, each.share) for each in (near, far))
        assert one == other, (answer.name, near.message, far.message)
    assert kernel.run(back).error is None
