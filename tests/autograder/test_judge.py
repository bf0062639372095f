"""The judge: what crosses between the processes, how a submission is put together, and what failing looks like."""

import base64
import contextlib
import io
import json
import pickle
from typing import Any

import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from nbformat import v4

from autograder.checks import Verdict
from autograder.checks.calls import call
from autograder.checks.verdict import FailedCase
from autograder.checks.words import raised
from autograder.inside.protocol import Bounds, Handle, ProtocolError, decode, encode, pack, unpack
from autograder.judge import derive_seed, grade_notebook
from autograder.judge.kernel import Kernel
from autograder.judge.reassemble import reassemble
from autograder.judge.remote import RemoteFunction
from autograder.judge.testcell import free_names
from autograder.sandbox import Limits
from autograder.sandbox.bubblewrap import available

needs_sandbox = pytest.mark.skipif(available() is None, reason="bubblewrap is not installed")
LIMITS = Limits(start=600, cell=300, call=300, test=600, total=3000)
"""What is right may take long on a busy machine. What has to run into a limit is given a short one."""

# -- the protocol ---------------------------------------------------------------------------------------------

numbers = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.complex_numbers(),
    st.text(max_size=20),
    hnp.arrays(
        st.sampled_from(["f8", "f4", "i8", "u1", "?", "c16", ">f8"]),
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
    ),
)
values = st.recursive(
    numbers,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=5), inner, max_size=3),
    ),
    max_leaves=8,
)


def equal(a, b):
    if isinstance(a, np.ndarray | np.generic):
        exact = type(a) is type(b) and a.dtype == b.dtype and a.shape == b.shape
        return exact and np.ascontiguousarray(a).tobytes() == np.ascontiguousarray(b).tobytes()
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(equal(x, y) for x, y in zip(a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(equal(a[key], b[key]) for key in a)
    return type(a) is type(b) and repr(a) == repr(b)  # NaN and -0.0 too


@settings(max_examples=200, deadline=None)
@given(values)
def test_every_value_comes_back_as_it_was(value):
    assert equal(value, decode(unpack(pack({"value": encode(value)}))["value"]))


@pytest.mark.parametrize("order", ["C", "F"])
def test_memory_order_and_protection_come_along(order):
    array = np.asarray(np.random.default_rng(0).normal(size=(3, 4, 2)), order=order)
    array.flags.writeable = False
    other = decode(encode(array))
    assert other.flags.f_contiguous == (order == "F")
    assert not other.flags.writeable
    view = decode(encode(np.arange(12.0).reshape(3, 4)[:, ::2]))
    assert not view.flags.c_contiguous and not view.flags.f_contiguous
    assert np.array_equal(view, np.arange(12.0).reshape(3, 4)[:, ::2])


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from("atldhzifgsvnx"), inner, max_size=3),
    ),
    max_leaves=10,
)


@settings(max_examples=300, deadline=None)
@given(json_values)
def test_any_json_gives_a_value_or_a_protocol_error(data):
    with contextlib.suppress(ProtocolError):
        decode(data)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60), st.binary(max_size=30))
def test_any_bytes_as_an_array_give_an_array_or_a_protocol_error(noise, head):
    for raw in (noise, b"\x93NUMPY\x01\x00" + noise, b"\x93NUMPY\x01\x00\x3c\x00" + head.ljust(60) + noise):
        with contextlib.suppress(ProtocolError):
            decode({"a": base64.b64encode(raw).decode()})


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_as_a_message_gives_an_object_or_a_protocol_error(text):
    with contextlib.suppress(ProtocolError):
        assert isinstance(unpack(text), dict)


def npy(header, body=b""):
    text = header.encode().ljust(117) + b"\n"
    return {"a": base64.b64encode(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + body).decode()}


def pickled_array():
    file = io.BytesIO()
    np.save(file, np.array([print], dtype=object), allow_pickle=True)
    return {"a": base64.b64encode(file.getvalue()).decode()}


@pytest.mark.parametrize(
    "data",
    [
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999, 99999999)}"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 99999999999999999999)}"),
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (3,)}", b"12345678"),
        npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", b"12345678"),
        npy("{'descr': '<V8', 'fortran_order': False, 'shape': (1,)}", b"12345678"),
        npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}", b"12345678"),
        npy("__import__('os').getcwd()"),
        pickled_array(),
        {"a": base64.b64encode(pickle.dumps(print)).decode()},
        {"h": "../../etc/passwd"},
        {"f": 0},
        {"g": "print"},
        {"i": "9" * 5000},
        {"l": [{"l": []}] * 30_000},
        {"x": 1},
    ],
)
def test_what_is_no_value_is_refused(data):
    with pytest.raises(ProtocolError):
        decode(data)


def test_depth_and_size_are_bounded():
    deep = None
    for _ in range(50):
        deep = {"l": [deep]}
    with pytest.raises(ProtocolError, match="deeply"):
        decode(deep)
    with pytest.raises(ProtocolError, match="too large"):
        encode(np.zeros(1000), bounds=Bounds(elements=999))
    with pytest.raises(ProtocolError):
        unpack("[" * 100_000)


# -- putting a submission together ----------------------------------------------------------------------------


def cell(id, source, **more):
    out = v4.new_code_cell(source, metadata={"nbgrader": {"grade_id": id, "grade": False, "solution": False, **more}})
    out["id"] = id
    return out


def source_notebook():
    return v4.new_notebook(
        cells=[
            cell("imports", "import numpy as np\nfrom autograder import check", locked=True),
            cell("double", "def double(x):\n    return 2 * x  # THE ANSWER", solution=True),
            cell("double-check", 'check("double", double)', grade=True, points=3),
            cell("apply", "def apply(f, x):\n    return f(x)  # THE ANSWER", solution=True),
            cell("apply-check", 'check("apply", apply)', grade=True, points=2),
        ]
    )


def handed_in(**answers):
    notebook = source_notebook()
    for each in notebook.cells:
        if each.metadata.nbgrader["solution"]:
            each.source = answers.get(each.id, "raise NotImplementedError")
    return notebook


def test_the_instructors_answers_never_take_the_place_of_a_missing_one():
    notebook = handed_in(double="def double(x): return 1")
    notebook.cells = [each for each in notebook.cells if each.id not in ("apply", "double-check")]
    whole, remarks = reassemble(notebook, source_notebook())
    assert "THE ANSWER" not in str(whole)
    assert [each.id for each in whole.cells] == ["imports", "double", "double-check", "apply", "apply-check"]
    assert whole.cells[2].source == 'check("double", double)'
    assert remarks == [
        "The test cell double-check was missing and was put back.",
        "The answer cell apply was missing.",
    ]
    assert "THE ANSWER" not in str(reassemble(None, source_notebook())[0])


def test_tampered_tests_and_given_cells_are_replaced_and_both_of_two_answers_run():
    notebook = handed_in(double="def double(x): return 1")
    notebook.cells[0].source = "raise SystemExit"
    notebook.cells[2].source = "100"
    notebook.cells[2].metadata.nbgrader["points"] = 100
    notebook.cells.append(cell("double", "def double(x): return 2"))
    notebook.cells.insert(1, v4.new_code_cell("helper = 1", metadata={"nbgrader": {"grade_id": "mine", "grade": True}}))
    whole, remarks = reassemble(notebook, source_notebook())
    assert [each.source for each in whole.cells[:4]] == [
        "import numpy as np\nfrom autograder import check",
        "helper = 1",
        "def double(x): return 1\n\ndef double(x): return 2",
        'check("double", double)',
    ]
    assert whole.cells[3].metadata.nbgrader["points"] == 3
    assert "nbgrader" not in whole.cells[1].metadata
    assert remarks == ["The cell double stands there 2 times; all of them run, in order."]
    nbformat.validate(whole)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.none(),
            st.text(max_size=5),
            st.dictionaries(st.sampled_from(["cell_type", "source", "metadata", "id"]), json_values, max_size=4),
        ),
        max_size=5,
    )
)
def test_any_list_of_cells_can_be_put_together(cells):
    submission: Any = v4.new_notebook() | {"cells": cells} and nbformat.from_dict({"cells": cells})
    whole, _ = reassemble(submission, source_notebook())
    nbformat.validate(whole)
    assert "THE ANSWER" not in str(whole)


def test_free_names_are_those_a_cell_reads():
    assert free_names('check("a", a, b)') == ["a", "b"]
    assert free_names("x = 1\nfor k in range(x):\n    check('a', f, np.abs)") == ["f", "np"]


def test_seeds_can_be_computed_again_and_differ():
    seeds = {derive_seed(s, a, b) for s in (b"one", b"two") for a in ("ch01", "ch02") for b in ("ann", "bob")}
    assert len(seeds) == 8
    assert derive_seed(b"one", "ch01", "ann") == derive_seed(b"one", "ch01", "ann")


# -- calls into the other process -----------------------------------------------------------------------------

STUDENT = """
import numpy as np
from collections import namedtuple

Cache = namedtuple("Cache", "x y")

def double(x): return 2 * x
def in_place(x, y): y += 1; return x
def opaque(x): return x.sum(), Cache(x, {"f": lambda: 3})
def use(cache): return cache.x + cache.y["f"]()
def pair(x): return x, (x, [x])
def same(cache): return cache[1][0] is cache[0]
def consume(d): return d.pop("x")
def made(x): return {"x": x}
def apply(f, x): return f(x) + 1
def stubborn(f, x):
    try: f(x)
    except ZeroDivisionError as error: return "caught " + str(error)
def fails(x):
    y = x + 1
    return y / nothing
def slow(x):
    while True: pass
def layout(x): return x.flags.f_contiguous, x.flags.writeable, str(x.dtype)
def quits(x): raise SystemExit
def prints(x): print("hello"); return x
def deep(x):
    out = (x,)
    for _ in range(100): out = (x, out)
    return out
def depth(cache):
    n = 0
    while len(cache) > 1: cache = cache[1]; n += 1
    return n
"""


@pytest.fixture(scope="module")
def kernel():
    if available() is None:
        pytest.skip("bubblewrap is not installed")
    with Kernel(LIMITS, cold=True) as kernel:
        assert kernel.run(STUDENT).error is None
        yield kernel


@pytest.fixture
def far(kernel):
    """Yield the student's functions, far away."""
    kernel.open()
    yield lambda name, *args: call(RemoteFunction(kernel, name), args)


@pytest.mark.sandbox
def test_a_call_gives_the_value_and_says_what_was_changed(far):
    x = np.arange(6.0).reshape(2, 3)
    assert np.array_equal(far("double", x).value, 2 * x)
    y = np.zeros(3)
    assert far("in_place", x, y).changed == (1,)
    assert not y.any()
    assert np.isnan(far("double", np.array([np.nan, np.inf])).value[0])


@pytest.mark.sandbox
def test_what_is_no_data_stays_there_and_can_be_handed_back(far):
    x = np.arange(3.0)
    total, cache = far("opaque", x).value
    assert total == 3.0
    assert isinstance(cache, tuple)  # a named tuple is a tuple here, and still the student's own object there
    assert np.array_equal(far("use", cache).value, x + 3)


@pytest.mark.sandbox
def test_caches_are_the_students_own_objects_and_dicts_of_arrays_are_fresh(far):
    value, cache = far("pair", np.ones(2)).value
    assert np.array_equal(cache[1][0], value)
    assert far("same", cache).value is True
    made = far("made", np.ones(2)).value
    assert np.array_equal(far("consume", made).value, far("consume", made).value)
    nested = far("deep", np.ones(2)).value
    assert far("depth", nested).value == 100


@pytest.mark.sandbox
def test_functions_of_ours_are_called_back_with_their_errors(far):
    assert far("apply", lambda x: 10 * x, np.float64(2)).value == 21
    assert far("stubborn", lambda x: x / (1 - 1), 1).value == "caught division by zero"


@pytest.mark.sandbox
def test_memory_layout_reaches_the_student(far):
    x = np.asfortranarray(np.ones((2, 3), np.float32))
    x.flags.writeable = False
    assert far("layout", x).value == (True, False, "float32")


@pytest.mark.sandbox
def test_errors_name_the_students_own_line(far):
    error = far("fails", 1).error
    assert raised(error) == "NameError: name 'nothing' is not defined, in fails, line 20: return y / nothing"
    assert far("quits", 1).error.type == "SystemExit"
    assert "not a function" in far("Cache_", 1).error.message
    assert far("prints", 5).value == 5


# A change of an argument x, in a student's words, and whether it is one. Both roads must see the same.
CHANGES = [
    ("pass", np.arange(3.0), False),
    ("x += 1", np.arange(3.0), True),
    ("x *= -1", np.zeros(3), False),  # 0.0 and -0.0 are equal
    ("x *= 1", np.array([np.nan, 1.0, -np.inf]), False),
    ("x[0] = 0", np.array([np.nan, 1.0]), True),
    ("x *= 1", np.array([complex(np.nan, 1), 2j]), False),
    ("x[...] = x[::-1].copy()", np.arange(4), True),
    ("x[...] = x[::-1].copy()", np.array([True, False, True]), False),
    ("x.shape = (6,)", np.zeros((2, 3)), True),
    ("x.sort()", np.arange(6.0)[::-1], True),
    ("x += 1", np.arange(12.0).reshape(3, 4)[:, ::2], True),
    ("x += 1", np.array(2.0), True),
    ("x = x + 1", np.array(2.0), False),
    ("x = 3", 2.0, False),
    ("x['a'] = 2.0", {"a": 1.0}, True),
    ("x['a'] = 1.0", {"a": 1.0}, False),
    ("x['a'] = 1", {"a": 1.0}, True),
    ("x['a'] = -0.0", {"a": 0.0}, False),
    ("x['a'] = float('nan')", {"a": float("nan")}, False),
    ("x['a'] = 'other'", {"a": "text"}, True),
    ("x['a'] = list(x['a'])", {"a": np.arange(3.0)}, True),
    ("x['a'] = x['a'].copy()", {"a": np.arange(3.0)}, False),
    ("x['a'] = x['a'].astype('f4')", {"a": np.arange(3.0)}, True),
    ("x['a'] = x['a'][None]", {"a": np.arange(3.0)}, True),
    ("x['a'] = -x['a']", {"a": np.zeros(3)}, False),
    ("x['a'] -= 1", {"a": np.arange(3)}, True),
    ("x['b'] = 1", {"a": np.arange(3)}, True),
    ("x.pop('a')", {"a": np.arange(3)}, True),
    ("x['b'] = x.pop('b')", {"b": np.ones(2), "a": 1}, False),
    ("x['in']['a'] += 1", {"in": {"a": np.ones(2)}}, True),
    ("x['in'] = dict(x['in'])", {"in": {"a": np.ones(2)}}, False),
    ("x['in'] = list(x['in'].items())", {"in": {"a": np.ones(2)}}, True),
    ("x['a'] = np.float32(1)", {"a": np.float64(1)}, True),
    ("x['a'] = np.float64('nan')", {"a": np.float64("nan")}, False),
]


@pytest.mark.sandbox
def test_unchanged_means_the_same_near_and_far(kernel, far):
    for k, (change, argument, changed) in enumerate(CHANGES):
        code = f"import numpy as np\ndef change_{k}(x):\n    {change}"
        assert kernel.run(code).error is None
        scope = {}
        exec(code, scope)
        for reply in (call(scope[f"change_{k}"], (argument,)), far(f"change_{k}", argument)):
            assert reply.error is None, (change, reply)
            assert reply.changed == ((0,) if changed else ()), (change, argument)


@pytest.mark.sandbox
@pytest.mark.parametrize("module", ["agent", "values"])
def test_an_agent_that_says_nothing_was_changed_is_not_believed(module):
    lie = f"""
import sys
import numpy as np
for name in ("same", "unchanged", "can_change"):
    setattr(sys.modules["inside.{module}"], name, lambda *args, name=name: name != "can_change")
def in_place(x): x += 1; return x
"""
    with Kernel(LIMITS) as kernel:
        assert kernel.run(lie).error is None
        kernel.open()
        for argument in (np.zeros(3), {"a": np.zeros(3)}):
            change = "in_place" if isinstance(argument, np.ndarray) else "within"
            assert kernel.run("def within(x): x['a'] += 1; return x").error is None
            assert call(RemoteFunction(kernel, change), (argument,)).changed == (0,)


@pytest.mark.parametrize(
    ("back", "changed"),
    [(None, (0,)), ([], (0,)), ("x", (0,)), ([{"h": "1"}], (0,)), ([{"a": "no"}], (0,)), ([{"l": []}], (0,))],
)
def test_an_argument_that_does_not_come_back_was_changed(back, changed):
    class Answers:
        def ask(self, message, seconds):
            return {"value": 1, "args": back}

    kernel: Any = Answers()
    assert RemoteFunction(kernel, "f").call_remote((np.zeros(2), 3, "text")).changed == changed
    assert RemoteFunction(kernel, "f").call_remote((3.0, Handle("1"))).changed == ()


RAISES = {
    "raise NotImplementedError": "f is not written yet (line 2).",
    "return x / nothing": "NameError: name 'nothing' is not defined, in f, line 2",
    "raise TypeError": "TypeError, in f, line 2",
    "raise KeyError('a')": "KeyError: 'a', in f, line 2",
    "np.linalg.inv(np.zeros((2, 2)))": "LinAlgError: Singular matrix, in f, line 2",
}


@pytest.mark.sandbox
@pytest.mark.parametrize("body", RAISES)
def test_an_exception_is_told_the_same_near_and_far(kernel, far, body):
    code = f"def f(x):\n    {body}"
    scope: dict[str, Any] = {"np": np}
    exec(compile(code, "cell f", "exec"), scope)
    assert kernel.run(code).error is None
    near, away = call(scope["f"], (1,)).error, far("f", 1).error
    assert near and raised(near) == RAISES[body]
    assert away.source == body and (away.type, away.message, away.function, away.line) == (
        near.type,
        near.message,
        near.function,
        near.line,
    )


@pytest.mark.parametrize(
    "said",
    [
        None,
        "text",
        [],
        {},
        {"type": 3, "line": "2"},
        {"line": -1, "message": ["x"]},
        {"type": "\x1b[31m" * 9000, "message": "m" * 10**6, "line": 10**9},
    ],
)
def test_an_exception_from_far_away_may_be_anything(said):
    class Answers:
        def ask(self, message, seconds):
            return {"error": said}

    kernel: Any = Answers()
    error = RemoteFunction(kernel, "f").call_remote(()).error
    assert error and error.type and len(raised(error)) < 3000 and "\x1b" not in raised(error) and error.line == 0


# -- verdicts -------------------------------------------------------------------------------------------------


def judge(exercise, functions, seed):
    """Check the exercises of this file: double(x) is 2 x, and apply(f, x) is f(x)."""
    if exercise == "double":
        reply = call(functions[0], (np.arange(3.0),))
        right = reply.error is None and np.array_equal(reply.value, 2 * np.arange(3.0))
    else:
        reply = call(functions[0], (lambda x: 3 * x, 5))
        right = reply.value == 15
    if right:
        return Verdict(exercise, 1.0, share=1.0, cases=1)
    return Verdict(exercise, case=FailedCase(1, "doubles"), cases=1, failed_cases=1, error=reply.error)


def grade(notebook, **more):
    data = notebook if isinstance(notebook, bytes) else nbformat.writes(notebook).encode()
    return grade_notebook(data, source_notebook(), 7, Limits(**{**vars(LIMITS), **more}), run=judge)


RIGHT = {"double": "def double(x):\n    return 2 * x", "apply": "def apply(f, x):\n    return f(x)"}


@pytest.mark.sandbox
@needs_sandbox
def test_a_right_submission_gets_all_points_and_nbgrader_agrees():
    from nbgrader.utils import determine_grade

    graded = grade(handed_in(**RIGHT))
    assert (graded.score, graded.points, graded.remarks, graded.error) == (5, 5, [], None)
    tests = [each for each in graded.notebook.cells if each.metadata.get("nbgrader", {}).get("grade")]
    assert [determine_grade(each)[0] for each in tests] == [3, 2]
    assert json.loads(json.dumps(tests[0].metadata["rnn_course"]))["share"] == 1
    nbformat.validate(graded.notebook)


@pytest.mark.sandbox
@needs_sandbox
@pytest.mark.parametrize(
    ("double", "reasons", "score", "limits"),
    [
        ("def double(x):\n    while True: pass", ["call", None], 2, {"call": 3}),
        ("import time\ntime.sleep(10**6)", ["undefined", None], 2, {"cell": 3}),
        ("def double(x):\n    import os; os._exit(1)", ["dead", None], 2, {}),
        ("import os; os._exit(1)", ["undefined", None], 2, {}),
        ("def double(x)\n    return 2 * x", ["undefined", None], 2, {}),
        ("double = 5", [None, None], 2, {}),
        ("def double(x):\n    x *= 2\n    return x", [None, None], 5, {}),
        ("def double(x):\n    print('x' * 10**9)\n    return 2 * x", None, None, {}),
    ],
    ids=["endless call", "endless cell", "exit in call", "exit", "syntax", "no function", "in place", "prints much"],
)
def test_every_failure_is_a_verdict_and_the_next_test_still_counts(double, reasons, score, limits):
    graded = grade(handed_in(**RIGHT | {"double": double}), **limits)
    assert len(graded.verdicts) == 2
    assert all(verdict.message for verdict in graded.verdicts)
    if reasons is not None:
        assert [verdict.reason for verdict in graded.verdicts] == reasons
        assert graded.score == score
    nbformat.validate(graded.notebook)


@pytest.mark.sandbox
@needs_sandbox
def test_too_much_time_in_all_ends_the_notebook():
    graded = grade(handed_in(**RIGHT | {"double": "import time\nwhile True: time.sleep(0.1)"}), total=2.5)
    assert [verdict.reason for verdict in graded.verdicts] == ["total", "total"]
    assert graded.seconds < LIMITS.cell


@pytest.mark.sandbox
@needs_sandbox
def test_too_much_output_ends_the_notebook():
    many = "import sys, time\nfor _ in range(400):\n    print('x' * 100_000); sys.stdout.flush(); time.sleep(0.005)"
    graded = grade(handed_in(**RIGHT | {"double": many}))
    assert [verdict.reason for verdict in graded.verdicts] == ["output", "output"]
    assert graded.received < 40 << 20


@pytest.mark.sandbox
@needs_sandbox
@pytest.mark.parametrize("data", [b"", b"{}", b"\xff\xfe", b"[1, 2]", b'{"cells": 5, "nbformat": 4}', b"{" * 10**5])
def test_an_unreadable_file_is_graded_as_an_empty_one(data):
    graded = grade(data)
    assert graded.score == 0
    assert len(graded.verdicts) == 2
    assert graded.remarks


@pytest.mark.sandbox
@needs_sandbox
def test_nbgrader_runs_the_judge_in_place_of_execute(tmp_path, monkeypatch):
    from autograder.judge import preprocessor

    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret").write_bytes(b"a secret")
    (tmp_path / "source" / "ch99").mkdir(parents=True)
    nbformat.write(source_notebook(), tmp_path / "source" / "ch99" / "ch99.ipynb")
    true = preprocessor.run_notebook
    monkeypatch.setattr(preprocessor, "run_notebook", lambda *args: true(*args, run=judge))
    resources = {"nbgrader": {"assignment": "ch99", "student": "ann", "notebook": "ch99"}}
    notebook, _ = preprocessor.JudgeExecute().preprocess(handed_in(**RIGHT), resources)
    tests = [each for each in notebook.cells if "rnn_course" in each.metadata]
    assert [each.metadata["rnn_course"]["score"] for each in tests] == [3, 2]


@pytest.mark.sandbox
@needs_sandbox
def test_nbgraders_own_command_keeps_to_the_limits_of_the_assignment(tmp_path, monkeypatch):
    from autograder.judge import preprocessor

    seen = []
    monkeypatch.setattr(preprocessor, "run_notebook", lambda notebook, seed, limits, unsafe: seen.append(limits))
    source = source_notebook()
    source.metadata["rnn_course"] = {"limits": {"forbidden": ["jax"], "cell": 77}}
    (tmp_path / "secret").write_bytes(b"a secret")
    (tmp_path / "source" / "ch99").mkdir(parents=True)
    nbformat.write(source, tmp_path / "source" / "ch99" / "ch99.ipynb")
    judge = preprocessor.JudgeExecute()
    judge.secret_file, judge.source_folder = str(tmp_path / "secret"), str(tmp_path / "source")
    with contextlib.suppress(AttributeError):  # what stands in for the run gives nothing back
        judge.preprocess(handed_in(**RIGHT), {"nbgrader": {"assignment": "ch99", "student": "ann", "notebook": "ch99"}})
    assert (seen[0].forbidden, seen[0].cell, seen[0].call) == (("jax",), 77, Limits().call)
