"""Torch in the judge: tensors, modules, operators that may not be used, random generators; and parts of points."""

import copy
import dataclasses
import re
from typing import Any, ClassVar

import nbformat
import numpy as np
import pytest
import torch
from nbformat import v4

from autograder.build import build, release_notebook
from autograder.checks import Verdict
from autograder.checks.calls import call, call_module
from autograder.checks.case import Case
from autograder.checks.run import run_check
from autograder.checks.verdict import FailedCase
from autograder.checks.words import raised
from autograder.course import Course
from autograder.judge import grade_notebook
from autograder.judge.kernel import Kernel
from autograder.judge.remote import RemoteFunction
from autograder.quality.sample_submission import samples, submission_notebook
from autograder.sandbox import Limits, bubblewrap

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(bubblewrap.available() is None, reason="bubblewrap is not installed"),
]
FORBIDDEN = ("jax", "aten::rnn_tanh", "aten::rnn_tanh_cell")
LIMITS = Limits(start=600, cell=300, call=300, test=600, total=3000, forbidden=FORBIDDEN)
T, B, D, H = 5, 2, 3, 4
STUDENT = """
import time
import numpy as np
import torch

class Net(torch.nn.Module):
    def __init__(self, D, H):
        super().__init__()
        self.cell = torch.nn.Linear(D + H, H)
        self.unused = torch.nn.Parameter(torch.zeros(2))
    def forward(self, x, h):
        hs = []
        for xt in x:
            h = torch.tanh(self.cell(torch.cat([xt, h], -1)))
            hs.append(h)
        return torch.stack(hs), h

def library(x): return torch.nn.RNN(3, 4)(x)
def hidden(x): return torch.ops.aten.rnn_tanh_cell(x, x, x, x)
def twice(x): return 2 * x, x.dtype == torch.float64
def inplace(x): x += 1; return x
def draw(rng, n): return rng.normal(size=n)
def unseeded(): return np.random.rand(2), torch.rand(2)
def nap(seconds): time.sleep(seconds); return seconds
def walk(step, h, n):
    for k in range(n): h = step(k, h)
    return h
"""


@pytest.fixture(scope="module")
def kernel():
    with Kernel(LIMITS, cold=True) as kernel:
        ran = kernel.run(STUDENT)
        assert ran.error is None, ran
        yield kernel


@pytest.fixture
def far(kernel):
    kernel.open()
    return lambda name: RemoteFunction(kernel, name)


def weights(rng):
    return {"cell.weight": rng.normal(size=(H, D + H)), "cell.bias": rng.normal(size=H), "unused": np.ones(2)}


def test_a_module_gives_the_gradients_of_the_formula(far):
    rng = np.random.default_rng(0)
    state, x, h = weights(rng), rng.normal(size=(T, B, D)), rng.normal(size=(B, H))
    upstream = [rng.normal(size=(T, B, H)), rng.normal(size=(B, H))]
    got = call_module(far("Net"), (D, H), state, [x, h], upstream).value

    leaves = {name: torch.tensor(value, requires_grad=True) for name, value in {**state, "x": x, "h": h}.items()}
    V, W = leaves["cell.weight"][:, :D], leaves["cell.weight"][:, D:]
    hs, now = [], leaves["h"]
    for xt in leaves["x"]:
        now = torch.tanh(xt @ V.T + now @ W.T + leaves["cell.bias"])
        hs.append(now)
    hs = torch.stack(hs)
    ((hs * torch.tensor(upstream[0])).sum() + (now * torch.tensor(upstream[1])).sum()).backward()
    np.testing.assert_allclose(got["outputs"][0], hs.detach(), rtol=1e-12)
    grads: dict[str, Any] = {name: leaf.grad for name, leaf in leaves.items()}
    for name in ("cell.weight", "cell.bias"):
        np.testing.assert_allclose(got["grads"][name], grads[name], rtol=1e-11)
    for one, name in zip(got["inputs"], ("x", "h")):
        np.testing.assert_allclose(one, grads[name], rtol=1e-11)
    assert got["grads"]["unused"] is None
    assert call_module(far("Net"), (D, H), state, [x, h], [None, upstream[1]]).value["grads"]["cell.bias"].shape == (H,)


def test_near_and_far_a_module_gives_the_same(far):
    scope = {}
    exec(STUDENT, scope)
    rng = np.random.default_rng(1)
    args = ((D, H), weights(rng), [rng.normal(size=(T, B, D)), np.zeros((B, H))], [np.ones((T, B, H)), None])
    near, there = call_module(scope["Net"], *args).value, call_module(far("Net"), *args).value
    np.testing.assert_allclose(near["grads"]["cell.weight"], there["grads"]["cell.weight"], rtol=1e-14)


@pytest.mark.parametrize(
    ("state", "upstream", "words"),
    [
        ({}, [None, None], "Missing key"),
        (None, [np.ones((T, B, H))], "returned 2 tensors, expected 1"),
        (None, [np.ones((T, B, H + 1)), None], r"shape \(5, 2, 4\), expected \(5, 2, 5\)"),
    ],
)
def test_a_module_that_does_not_fit_is_told_so(far, state, upstream, words):
    state = weights(np.random.default_rng(0)) if state is None else state
    reply = call_module(far("Net"), (D, H), state, [np.ones((T, B, D)), np.zeros((B, H))], upstream)
    assert reply.error and re.search(words, raised(reply.error))


def test_what_is_no_module_is_told_so(far):
    reply = call_module(far("nap"), (0,), {}, [], [])
    assert reply.error and raised(reply.error).startswith("TypeError: got a int, expected a torch.nn.Module")


def test_tensors_cross_both_ways(far):
    value, double = call(far("twice"), (torch.arange(3.0, dtype=torch.float64),)).value
    assert torch.equal(value, torch.tensor([0.0, 2.0, 4.0], dtype=torch.float64)) and double is True
    x = torch.ones(2)
    assert call(far("inplace"), (x,)).changed == (0,) and torch.equal(x, torch.ones(2))


def test_forbidden_operators_raise_by_whatever_road(far):
    for name in ("library", "hidden"):
        error = call(far(name), (torch.zeros(5, 3),)).error
        assert error and "is not to be used in this assignment" in raised(error)


def test_random_generators_are_ours_and_what_has_no_seed_starts_alike(far, kernel):
    rng = np.random.default_rng(3)
    assert np.array_equal(call(far("draw"), (rng, 4)).value, np.random.default_rng(3).normal(size=4))
    assert np.array_equal(call(far("draw"), (rng, 4)).value, np.random.default_rng(3).normal(size=4))
    drawn = []
    for _ in range(2):
        with Kernel(LIMITS) as other:
            other.run(STUDENT)
            drawn.append(call(RemoteFunction(other, "unseeded"), ()).value)
    assert np.array_equal(drawn[0][0], drawn[1][0]) and torch.equal(drawn[0][1], drawn[1][1])


def test_a_call_that_trains_gets_the_time_it_needs(far, kernel, monkeypatch):
    monkeypatch.setattr(kernel, "limits", dataclasses.replace(LIMITS, call=0.5))
    assert call(far("nap"), (1.0,), 600.0).value == 1.0


def test_a_step_of_ours_is_called_as_often_as_it_takes(far):
    assert call(far("walk"), (lambda k, h: h + k, np.zeros(2), 300)).value[0] == 300 * 299 / 2


# -- the assignment ---------------------------------------------------------------------------------------------

OPERATORS = {
    "rnn_tanh": """
        self.rnn = torch.nn.RNN(D, H)

    def forward(self, x, h0):
        hs, h = self.rnn(x, h0[None])
        return hs, h[0]

    def load_state_dict(self, sd):
        names = {"V": "weight_ih_l0", "W": "weight_hh_l0", "b": "bias_ih_l0"}
        other = {"bias_hh_l0": 0 * sd["b"]}
        self.rnn.load_state_dict({names[name]: value for name, value in sd.items()} | other)

    def named_parameters(self, *args):
        return [("V", self.rnn.weight_ih_l0), ("W", self.rnn.weight_hh_l0), ("b", self.rnn.bias_ih_l0)]
""",
    "rnn_tanh_cell": """
        self.V, self.W, self.b = (torch.nn.Parameter(torch.zeros(*shape)) for shape in [(H, D), (H, H), (H,)])

    def forward(self, x, h0):
        hs = [h0]
        for x_t in x:
            hs.append(torch.ops.aten.rnn_tanh_cell(x_t, hs[-1], self.V, self.W, self.b, 0 * self.b))
        return torch.stack(hs[1:]), hs[-1]
""",
}


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("course"))
    build(course)
    return course.source("ch11_torch"), Limits(start=600, call=300, test=600).of(course.source("ch11_torch"))


def with_module(source, body):
    """Return the assignment solved, but for the body of the module's constructor and what follows it."""
    notebook = copy.deepcopy(source)
    cell = next(each for each in notebook.cells if each.id == "rnn_module")
    cell.source = cell.source.partition("        ### BEGIN SOLUTION")[0] + body
    return nbformat.writes(notebook).encode()


@pytest.mark.parametrize("operator", OPERATORS)
def test_in_the_assignment_torchs_own_network_earns_nothing_and_is_named(assignment, operator):
    from autograder.inside.torch_module import run_module

    source, limits = assignment
    scope = {"torch": torch}
    cheating = with_module(source, OPERATORS[operator])
    exec(next(cell.source for cell in nbformat.reads(cheating, 4).cells if cell.id == "rnn_module"), scope)
    state = {"V": np.ones((H, D)), "W": np.ones((H, H)), "b": np.ones(H)}
    inputs = [np.ones((T, B, D)), np.ones((B, H))]
    run_module(scope["RNNModule"], (D, H), state, inputs, [None, None])  # it does work where nothing forbids it

    graded = grade_notebook(cheating, source, 3, limits)
    verdict = graded.verdicts[0]
    assert (verdict.score, graded.score) == (0.0, 15.0)
    assert f"torch's own {operator} is not to be used in this assignment" in verdict.message


@pytest.mark.parametrize("road", ["decomposition", "destroy", "interpreter"])
def test_in_the_assignment_torchs_own_network_earns_nothing_by_no_known_road(assignment, road):
    source, limits = assignment
    (path,) = samples(f"hostile_torch_{road}.py")
    work = submission_notebook(path.read_text(), release_notebook(source))
    graded = grade_notebook(nbformat.writes(work).encode(), source, 3, limits)
    why = {"decomposition": "torch's own recurrent networks are not", "destroy": "torch's own rnn_tanh is not"}
    assert graded.verdicts[0].score == 0 and graded.verdicts[0].failed_cases == graded.verdicts[0].cases
    assert why.get(road, "'Far' is not defined") in graded.verdicts[0].message


def test_in_the_assignment_states_without_gradients_earn_their_part(assignment):
    source, limits = assignment
    solution = next(each.source for each in source.cells if each.id == "rnn_module")
    body = solution.partition("        ### BEGIN SOLUTION")[2].replace(
        "torch.stack(hs), h", "torch.stack(hs), h.detach()"
    )
    graded = grade_notebook(with_module(source, body), source, 3, limits)
    assert (graded.verdicts[0].score, graded.verdicts[0].diagnosis) == (pytest.approx(1.8), "wrong_h_T_detached")


# -- parts ------------------------------------------------------------------------------------------------------


class Exercise:
    """An exercise in two parts, one of them worth 40 % of the points."""

    FUNCTIONS, EQUATION, PAGE = ("double",), "rnn-step", "ch01_rnn/step"
    PARTS: ClassVar = {"small numbers": 0.4, "large numbers": 0.6}

    @staticmethod
    def cases(rng):
        for part, x in (("small numbers", np.ones(2)), ("large numbers", np.full(2, 50.0))):
            yield Case(part, lambda f, x=x: {"y": f.double(x)}, {"y": 2 * x}, part=part)


@pytest.fixture
def exercise(monkeypatch):
    from autograder.checks import diagnose, run

    run.drawn.cache_clear()
    monkeypatch.setattr(run, "load_cases", lambda name: Exercise)
    monkeypatch.setattr(run, "solution_functions", lambda name: {"double": lambda x: 2 * x})
    monkeypatch.setattr(diagnose, "answers", lambda name, kind: ())


def test_a_part_that_is_right_earns_its_share(exercise):
    verdict = run_check("double", (lambda x: np.where(x > 10, 0, 2 * x),))
    assert (verdict.passed, verdict.share) == (False, 0.4) and "small numbers (40%)" in verdict.message
    assert run_check("double", (lambda x: 2 * x,)).share == 1.0
    assert run_check("double", (lambda x: x,)).share == 0.0


def test_parts_must_add_up(exercise, monkeypatch):
    from autograder.checks import run

    class Unfinished(Exercise):  # another one, since the cases of an exercise are drawn and looked over once
        PARTS: ClassVar = {"small numbers": 0.4}

    run.drawn.cache_clear()
    monkeypatch.setattr(run, "load_cases", lambda name: Unfinished)
    with pytest.raises(ValueError, match="PARTS"):
        run_check("double", (lambda x: 2 * x,))


def test_nbgrader_gives_the_same_part_of_the_points():
    from nbgrader.utils import determine_grade

    mark = {"schema_version": 3, "grade": True, "solution": False, "locked": True, "task": False}
    cell = v4.new_code_cell('check("double", double)', metadata={"nbgrader": {**mark, "grade_id": "d", "points": 5}})
    given = v4.new_code_cell("def double(x): return x")
    source = v4.new_notebook(cells=[given, cell])

    def run(name, functions, seed):
        return Verdict(name, share=0.4, case=FailedCase(1, "small numbers"), cases=2, failed_cases=1)

    graded = grade_notebook(nbformat.writes(source).encode(), source, 0, run=run)
    assert graded.score == 2.0
    tested = next(each for each in graded.notebook.cells if each.metadata.get("nbgrader"))
    assert determine_grade(tested)[0] == 2.0
    nbformat.validate(graded.notebook)


def test_torchs_own_optimisers_work_where_another_package_is_forbidden():
    code = """
import importlib.util
import torch
print(importlib.util.find_spec("tensorflow"), importlib.util.find_spec("keras"))
w = torch.nn.Parameter(torch.ones(2))
optimiser = torch.optim.Adam([w], lr=0.1)
(w ** 2).sum().backward()
optimiser.step()
print(bool((w < 1).all()))
"""
    with Kernel(Limits(forbidden=("tensorflow", "keras", "jax"))) as kernel:
        ran = kernel.run(code)
        assert ran.error is None, ran
        assert ran.outputs[0].text == "None None\nTrue\n"
        refused = kernel.run("import tensorflow")
        assert "tensorflow is not to be used in this assignment" in refused.outputs[0].evalue


def test_an_operator_that_is_refused_is_told_at_the_students_own_line(far):
    error = call(far("library"), (torch.zeros(5, 3),)).error
    assert error and re.search(r"in (library|forward), line \d+", raised(error))
