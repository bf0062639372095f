"""What a student's process says once it has met the hidden numbers reaches the instructor alone."""

import nbformat
import numpy as np
import pytest

from autograder.checks import Verdict
from autograder.checks.calls import call
from autograder.checks.verdict import Difference, FailedCase
from autograder.inside.values import Raised
from autograder.judge import grade_notebook
from autograder.judge.grading import RAW
from autograder.judge.told import Submission, own_words
from autograder.sandbox import Limits
from autograder.sandbox.bubblewrap import available
from tests.autograder.small_notebook import cell, notebook

SECRET = 0.73519264


def judge(exercise, functions, seed):
    """Call the answer with a hidden number; 1 is right."""
    reply = call(functions[0], (np.array([SECRET]),))
    if reply.error is None and reply.value == 1:
        return Verdict(exercise, 1.0, share=1.0, cases=1)
    return Verdict(exercise, case=FailedCase(1, "one"), cases=1, failed_cases=1, error=reply.error)


ROADS = {
    "the text of an exception": "raise ValueError(str(x))",
    "the type of an exception": "raise type('E' + str(x[0])[2:], (Exception,), {})",
    "a message that looks like NumPy's": "text = 'operands could not be broadcast together with shapes (%d,)'\n"
    "    raise ValueError(text % (x[0] * 1e8))",
    "a name that looks like Python's": "raise NameError(f\"name 'x{str(x[0])[2:]}' is not defined\")",
    "the name of a function": "exec(f'def f{str(x[0])[2:]}():\\n    raise ValueError\\nf{str(x[0])[2:]}()')",
    "the line's own text": "import linecache; text = f'raise ValueError  # {x[0]}'; "
    "linecache.cache['a'] = (len(text), None, [text], 'a'); exec(compile(text, 'a', 'exec'))",
    "the number of a line": "exec('\\n' * int(x[0] * 1e6) + 'raise ValueError')",
}


@pytest.mark.sandbox
@pytest.mark.skipif(available() is None, reason="bubblewrap is not installed")
@pytest.mark.parametrize("road", ROADS)
def test_no_hidden_number_rides_out_in_an_exception(road):
    work = notebook(one=f"def one(x):\n    {ROADS[road]}")
    graded = grade_notebook(nbformat.writes(work).encode(), work, 7, Limits(), run=judge)
    told, raw = graded.verdicts[0].message, graded.notebook.cells[2].metadata.pop(RAW, "")
    assert "7351926" not in str(graded.notebook) + told and "735192" not in told, told
    assert "not right yet" in told and "73519" in raw


@pytest.mark.sandbox
@pytest.mark.skipif(available() is None, reason="bubblewrap is not installed")
def test_what_cells_show_is_told_until_the_first_test_and_then_kept_for_the_instructor():
    work = notebook(
        one="print('before')\nseen = []\ndef one(x):\n    seen.append(x)\n    return 2", two="def two(x) return 1"
    )
    added = [
        "print(seen)",
        "seen[0]",
        "raise KeyError(str(seen))",
        "lost",
        "1 / 0",
        "type('E' + str(seen[0][0])[2:], (Exception,), {})()",
    ]
    added[-1] = "raise " + added[-1]
    work.cells[3:3] = [cell(f"after{k}", source) for k, source in enumerate(added)]
    graded = grade_notebook(nbformat.writes(work).encode(), work, 7, Limits(), run=judge)
    cells = graded.notebook.cells
    assert cells[1].outputs[0].text == "before\n"
    raw = [str(each.metadata.pop(RAW, "")) for each in cells]
    assert sum("7351926" in text for text in raw) == 4
    told = str(cells) + str(graded.remarks) + str([verdict.message for verdict in graded.verdicts])
    assert "7351926" not in told and told.count("is not told here") == 7
    assert "name 'lost' is not defined" in told and "division by zero" in told
    assert "two is not defined: its cell stopped: SyntaxError: expected ':'" in told
    nbformat.validate(graded.notebook)


TOLD = [
    ("ValueError", "operands could not be broadcast together with shapes (3,4) (6,) ", True),
    ("ValueError", "operands could not be broadcast together with shapes (3,4) (612345,) ", False),
    ("ValueError", "shapes (3,4) and (6,4) not aligned: 4 (dim 1) != 6 (dim 0)", True),
    ("NameError", "name 'halp' is not defined", True),
    ("NameError", "name 'x0123' is not defined", False),
    ("TypeError", "one() takes 1 positional argument but 5 were given", True),
    ("TypeError", "'NoneType' object is not subscriptable", True),
    ("AttributeError", "'numpy.ndarray' object has no attribute 'halp'", True),
    ("ValueError", "x must not be empty", True),
    ("ValueError", "x must not be 5", False),
    ("LinAlgError", "Singular matrix", True),
    ("RuntimeError", "torch's own gru is not to be used in this assignment", True),
]


@pytest.mark.parametrize(("kind", "text", "told"), TOLD)
def test_a_text_that_python_or_numpy_make_is_told(kind, text, told):
    submission = Submission()
    submission.add("import numpy as np\ndef one(x):\n    halp(x)\n    raise ValueError('x must not be empty')")
    error = submission.raised(Raised(kind, text, "one", 3, "halp(x)"))
    assert error == Raised(kind, text if told else "", "one", 3, "halp(x)")
    assert submission.raised(Raised(kind, text, "one", 2, "halp(x)")).line == 0


@pytest.mark.parametrize(
    "code",
    [
        "np.ones(3) + np.ones(4)",
        "np.ones((2, 3)) @ np.ones((2, 3))",
        "np.dot(np.ones((2, 3)), np.ones((2, 3)))",
        "np.ones((2, 3)).reshape(4, 2)",
        "np.concatenate([np.ones((2, 3)), np.ones((2, 4))])",
        "np.ones(3)[5]",
        "np.ones(3)[1, 2]",
        "np.linalg.inv(np.zeros((2, 2)))",
        "bool(np.ones(3))",
        "np.array([[1], [1, 2]])",
        "np.stack([])",
        "[1][2]",
        "None[0]",
        "None + 1",
        "1 / 0",
        "(lambda a: a)()",
        "(lambda a: a)(1, 2)",
        "len(5)",
        "[].pop()",
        "np.zeros(3).at",
        "np.ones((2, 3)).transpose(0, 1, 2)",
        "np.ones(2).sum(axis=2)",
    ],
)
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_the_texts_are_those_of_this_python_and_this_numpy(code):
    submission = Submission()
    submission.add("np.zeros(3).at(a)")
    with pytest.raises(Exception) as raised:
        eval(code, {"np": np})
    assert submission.text(str(raised.value)), raised.value


def test_a_key_and_a_type_are_told_by_names_that_stand_in_the_submission():
    submission = Submission()
    submission.add("def one(x):\n    return {'mine': x}")
    kinds = {"a dict": "a dict", "one array of shape (3, 6)": "one array of shape (3, 6)", "a D73519": "an object"}
    kinds |= {("mine", "k73519", "k73518"): ("mine", "another key"), (3, 6): (3, 6), "five results": "five results"}
    places = tuple(Difference("P", "extra", got) for got in kinds)
    verdict = own_words(Verdict("one", places=places), submission)
    assert [place.got for place in verdict.places] == list(kinds.values())
