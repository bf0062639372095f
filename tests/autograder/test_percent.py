"""The one reader of percent files: attributes in any order, what it does not know refused by file and line, and the
same cells as jupytext.
"""

import json
import string
from pathlib import Path

import jupytext
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import percent
from autograder.checks.solutions import SOLUTIONS
from autograder.percent import KINDS, cells, read

ASSIGNMENTS = sorted(SOLUTIONS.glob("ch*.py"))
SOLVED = '# %% exercise="f"\ndef f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n\n'
ATTRIBUTES = "exercise, check, given, answer, hints, notice, points, limits, level or minutes"
CHECK = '# %% check="f" points=2\ncheck("f", f)\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "ch99_x.py"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("path", ASSIGNMENTS, ids=lambda path: path.stem)
def test_every_assignment_is_read_as_jupytext_reads_it(path):
    ours, theirs = read(path), jupytext.read(path, fmt="py:percent")
    assert [(cell.source, cell.markdown) for cell in ours.cells] == [
        (cell.source, cell.cell_type == "markdown") for cell in theirs.cells
    ]
    for cell, other in zip(ours.cells, theirs.cells):
        said = {key: value for key, value in other.metadata.items() if key != "lines_to_next_cell"}
        named = {} if cell.kind in ("text", "code") else {cell.kind: cell.name}
        optional = {"points": cell.points, "limits": cell.limits, "minutes": cell.minutes}
        optional |= {"level": cell.level} if "level" in said else {}
        assert said == named | {key: value for key, value in optional.items() if value}
        assert path.read_text().splitlines()[cell.line - 1].startswith("# %%")


def test_what_an_assignment_says_of_itself(tmp_path):
    first = '# ---\n# a: b\n# ---\n\n# %% [markdown] limits={"cell": 9}\n# # A title\n#\n# Words.\n\n'
    more = '# %% given="imports"\nimport math\n\n# %%\nown = 1\n\n# %% [markdown] answer="why" points=1.5\n# So.\n\n'
    assignment = read(write(tmp_path, first + more + SOLVED + CHECK))
    assert (assignment.name, assignment.title, assignment.limits) == ("ch99_x", "A title", {"cell": 9})
    assert assignment.points == {"f": 2}
    assert [cell.kind for cell in assignment.cells] == ["text", "given", "code", "answer", "exercise", "check"]
    assert [cell.kind for cell in assignment.code] == ["given", "exercise"]
    assert [cell.id for cell in assignment.cells] == ["", "given-imports", "", "why", "f", "f-check"]
    assert assignment.cells[0].source == "# A title\n\nWords."
    assert assignment.cells[3].points == 1.5
    assert assignment.solution("f").source.startswith("def f():\n    ### BEGIN")
    assert assignment.solution("f").unfenced == "def f():\n    return 1\n"
    with pytest.raises(ValueError, match="got 'g', expected one of f"):
        assignment.solution("g")


def test_hints_come_one_by_one_and_a_notice_is_kept(tmp_path):
    hints = '# %% [markdown] hints="f"\n# Look *there*.\n#\n# Twice.\n# ***\n# Write it down.\n\n'
    solved = SOLVED.replace('"f"', '"f" level="derive" minutes=20')
    text = hints + solved + CHECK + '\n# %% [markdown] notice="f"\n# So.\n'
    assignment = read(write(tmp_path, text))
    assert [(cell.kind, cell.id) for cell in assignment.cells] == [
        ("hints", "hints-f"),
        ("exercise", "f"),
        ("check", "f-check"),
        ("notice", "notice-f"),
    ]
    assert assignment.cells[0].hints == ["Look *there*.\n\nTwice.", "Write it down."]
    assert (assignment.solution("f").level, assignment.solution("f").minutes) == ("derive", 20)
    assert (assignment.notice("f"), assignment.notice("g")) == ("So.", "")


BAD = {
    "an unknown attribute": (
        SOLVED + '# %% check="f" point=2\n',
        f"7: got the attribute 'point', expected {ATTRIBUTES}",
    ),
    "a cell cut out of elsewhere": (
        '# %% exercise="f" source="a.b:f"\n',
        f"1: got the attribute 'source', expected {ATTRIBUTES}",
    ),
    "no name": ('# %% exercise=""\n', '1: got exercise="", expected a name of letters, digits, _'),
    "a number as name": ("# %% given=3\n", "1: got given=3, expected a name of letters, digits, _ and -"),
    "a name that is no function's": (
        '# %% exercise="a-b"\n',
        '1: got exercise="a-b", expected a name of letters, digits, _',
    ),
    "a name without quotes": (
        "# %% exercise=f\n",
        "1: got 'exercise=f', expected attributes, key=\"name\" or key=number",
    ),
    "a word that is no attribute": (
        '# %% check="f" points=2 please\n',
        "1: got 'please', expected attributes, key=\"name\" or key=number",
    ),
    "attributes that touch": (
        '# %% check="f"points=2\n',
        "1: got 'points=2', expected attributes, key=\"name\" or key=number",
    ),
    "an object that does not end": (
        '# %% [markdown] limits={"cell": 9\n',
        '1: got \'limits={"cell": 9\', expected attributes, key="name" or key=number',
    ),
    "a kind of cell that jupytext has": (
        "# %% [raw]\n",
        "1: got '[raw]', expected attributes, key=\"name\" or key=number",
    ),
    "a header of something else": (
        "# %%time\n",
        "1: got '# %%time', expected `# %%`, [markdown] where it is text, and attributes",
    ),
    "almost a header": (
        SOLVED + '#%% check="f" points=2\n',
        "7: got '#%% check=\"f\" points=2', expected `# %%` at the begin of the line",
    ),
    "a header further in": ("# %%\nif 1:\n    # %%\n", "3: got '    # %%', expected `# %%` at the begin of the line"),
    "an attribute twice": (
        '# %% check="f" check="g" points=2\n',
        "1: got the attribute 'check' twice, expected it once",
    ),
    "two kinds": ('# %% check="f" exercise="f"\n', "1: got exercise and check on one cell, expected one of them"),
    "text where code must be": ('# %% [markdown] given="x"\n', "1: got [markdown] on given, expected a cell of code"),
    "points on an exercise": (
        '# %% exercise="f" points=2\n',
        "1: got points on exercise 'f', expected them on check or answer",
    ),
    "points on no name": ("# %% points=2\n", "1: got points on code, expected them on check or answer"),
    "no points": (SOLVED + '# %% check="f"\n', "7: got check 'f' with no points, expected a number above 0"),
    "points as text": ('# %% check="f" points="2"\n', "1: got check 'f' with points=\"2\", expected a number above 0"),
    "points as truth": ('# %% check="f" points=true\n', "1: got check 'f' with points=true, expected a number above 0"),
    "points of nothing": ('# %% answer="f" points=0\n', "1: got answer 'f' with points=0, expected a number above 0"),
    "points without end": (
        '# %% answer="f" points=1e999\n',
        "1: got answer 'f' with points=Infinity, expected a number above 0",
    ),
    "limits later on": (
        '# %%\n\n# %% [markdown] limits={"cell": 9}\n',
        "3: got limits, expected them on the first cell",
    ),
    "limits on code": (
        '# %% limits={"cell": 9}\n',
        '1: got limits={"cell": 9} on code, expected an object, on a cell of text',
    ),
    "limits that are none": (
        "# %% [markdown] limits=9\n",
        "1: got limits=9 on text, expected an object, on a cell of text",
    ),
    "minutes on a check": (
        '# %% check="f" points=1 minutes=5\n',
        "1: got level or minutes on check, expected them on exercise",
    ),
    "a level there is not": (
        '# %% exercise="f" level="hard"\n',
        '1: got level="hard", expected "build" or "derive"',
    ),
    "a level that is no text": ('# %% exercise="f" level=[]\n', '1: got level=[], expected "build" or "derive"'),
    "no minute": ('# %% exercise="f" minutes=0\n', "1: got minutes=0, expected a whole number above 0"),
    "minutes as text": ('# %% exercise="f" minutes="5"\n', '1: got minutes="5", expected a whole number above 0'),
    "hints that are code": ('# %% hints="f"\n', "1: got hints on a cell of code, expected [markdown]"),
    "hints of nothing": (
        '# %% [markdown] hints="f"\n# Look.\n',
        "1: got hints 'f' without its exercise, expected both",
    ),
    "a notice of nothing": (
        '# %% [markdown] notice="f"\n# So.\n',
        "1: got notice 'f' without its exercise, expected both",
    ),
    "four hints": (
        '# %% [markdown] hints="f"\n# 1\n# ***\n# 2\n# ***\n# 3\n# ***\n# 4\n\n' + SOLVED + CHECK,
        "1: got 4 hints, expected at most 3, with a line *** between two",
    ),
    "an empty hint": (
        '# %% [markdown] hints="f"\n# 1\n# ***\n#\n# ***\n# 3\n\n' + SOLVED + CHECK,
        "1: got an empty hint, expected at most 3, with a line *** between two",
    ),
    "an exercise alone": ("\n" + SOLVED, "2: got exercise 'f' without its check, expected both"),
    "a check alone": (CHECK, "1: got check 'f' without its exercise, expected both"),
    "an exercise twice": (SOLVED + SOLVED + CHECK, "7: got exercise 'f' twice, expected each name once; line 1 has it"),
    "two kinds of one name": (
        SOLVED + CHECK + '# %% [markdown] answer="f" points=1\n',
        "9: got answer 'f' twice, expected each name once; line 1 has it",
    ),
    "a solution without a fence": (
        '# %% exercise="f"\ndef f():\n    return 1\n\n' + CHECK,
        "1: got exercise 'f' without ### BEGIN SOLUTION, expected its answer between fences",
    ),
    "a fence that is not closed": (
        SOLVED.replace("    ### END SOLUTION\n", "") + CHECK,
        "3: got ### BEGIN SOLUTION alone, expected ### END SOLUTION after it",
    ),
    "a fence that is not opened": (
        SOLVED.replace("    ### BEGIN SOLUTION\n", "") + CHECK,
        "4: got '### END SOLUTION', expected ### BEGIN SOLUTION",
    ),
    "a fence in a fence": (
        SOLVED.replace("return 1", "### BEGIN SOLUTION") + CHECK,
        "4: got '### BEGIN SOLUTION', expected ### END SOLUTION",
    ),
    "a fence written otherwise": (
        SOLVED.replace("### BEGIN", "# BEGIN") + CHECK,
        "3: got '# BEGIN SOLUTION', expected ### BEGIN SOLUTION",
    ),
    "a fence where students do not write": (
        '# %% given="f"\n### BEGIN SOLUTION\n',
        "2: got '### BEGIN SOLUTION' in a cell of given, expected it in an exercise or an answer",
    ),
    "text that is no comment": (
        "# %% [markdown]\n# a\nb\n",
        "3: got 'b', expected `# ` before each line of text",
    ),
    "code in front of the cells": (
        "# x\nx = 1\n\n# %%\n",
        "2: got 'x = 1' in front of the first cell, expected comments only",
    ),
    "nothing": ("", "1: got no cell, expected cells that begin with `# %%`"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_not_known_is_refused_by_file_and_line(tmp_path, what):
    text, complaint = BAD[what]
    with pytest.raises(ValueError) as raised:
        read(write(tmp_path, text))
    assert str(raised.value) == f"ch99_x.py:{complaint}"


def test_bytes_that_are_no_text_are_refused_by_file_and_line(tmp_path):
    path = tmp_path / "ch99_x.py"
    path.write_bytes(b"# %%\n# \xe9\n")
    with pytest.raises(ValueError) as raised:
        read(path)
    assert str(raised.value) == "ch99_x.py:2: got bytes that are no UTF-8, expected text in UTF-8"


def test_a_file_with_the_line_ends_of_windows_is_read_alike(tmp_path):
    plain = read(write(tmp_path, SOLVED + CHECK)).cells
    assert read(write(tmp_path, (SOLVED + CHECK).replace("\n", "\r\n"))).cells == plain


@given(
    order=st.permutations(['check="rnn_step"', "points=4"]),
    spaces=st.lists(st.sampled_from([" ", "  ", " \t"]), min_size=3, max_size=3),
)
def test_attributes_may_stand_in_any_order(order, spaces):
    header = "# %%" + "".join(space + said for space, said in zip(spaces, order)) + spaces[2]
    (cell,) = cells(header + "\npass\n", KINDS, "x.py")
    assert (cell.kind, cell.name, cell.points, cell.source) == ("check", "rnn_step", 4, "pass")


names = st.text(string.ascii_letters + "_", min_size=1)
attributes = st.dictionaries(
    st.sampled_from(
        ["exercise", "check", "given", "answer", "hints", "notice", "points", "limits", "level", "minutes", "source"]
    )
    | names,
    names | st.integers() | st.floats() | st.booleans() | st.none() | st.dictionaries(names, st.integers(), max_size=2),
    max_size=3,
)


@given(st.lists(st.tuples(st.booleans(), attributes), min_size=1, max_size=3))
def test_a_header_is_understood_to_the_last_attribute_or_refused(headers):
    text = "".join(
        "# %%" + " [markdown]" * markdown + "".join(f" {key}={json.dumps(value)}" for key, value in said.items()) + "\n"
        for markdown, said in headers
    )
    try:
        found = list(cells(text, KINDS, "x.py"))
    except ValueError as error:
        assert str(error).startswith("x.py:")
        return
    for cell, (markdown, said) in zip(found, headers, strict=True):
        again = {} if cell.kind in ("text", "code") else {cell.kind: cell.name}
        again |= {"points": cell.points} if cell.points else {}
        again |= {"limits": cell.limits} if cell.limits or "limits" in said else {}
        again |= {"minutes": cell.minutes} if cell.minutes else {}
        again |= {"level": cell.level} if "level" in said else {}
        assert (cell.markdown, again) == (markdown, said)


@given(st.text(max_size=60) | st.text('# %\n"={}[]pointscheckexercise 0123456789', max_size=80).map("# %%".__add__))
def test_whatever_a_file_holds_it_is_read_or_refused_in_words(text):
    try:
        found = list(cells(text, KINDS, "x.py"))
    except ValueError as error:
        assert str(error).startswith("x.py:") and "expected" in str(error)
        return
    assert len(found) == sum(line.startswith("# %%") for line in text.split("\n"))


lines = st.lists(st.sampled_from(["x = 1", "", "    y", "# a comment", "## two", "z  "]), max_size=6)


@given(st.lists(st.tuples(st.booleans(), lines), min_size=1, max_size=4))
def test_the_cells_are_those_that_jupytext_finds(parts):
    text = ""
    for markdown, body in parts:
        body = [f"# {line}".rstrip() for line in body] if markdown else body
        text += "\n".join(["# %%" + " [markdown]" * markdown, *body, "", ""])
    ours = [(cell.markdown, cell.source.strip("\n")) for cell in cells(text, KINDS, "x.py")]
    theirs = jupytext.reads(text, fmt="py:percent").cells
    assert ours == [(cell.cell_type == "markdown", cell.source.strip("\n")) for cell in theirs]


def test_the_reader_needs_nothing_but_the_standard_library():
    imported = {
        line.split()[1].split(".")[0]
        for line in Path(percent.__file__).read_text().splitlines()
        if line.startswith(("import ", "from "))
    }
    assert imported <= {"__future__", "collections", "dataclasses", "json", "math", "pathlib", "re", "typing"}
