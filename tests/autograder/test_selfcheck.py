"""A student's check at home: each verdict as it comes, and what does not end or ends Python costs its own one."""

import signal
import subprocess
import sys

import nbformat
import pytest

from autograder.build import source_notebook
from autograder.checks.solutions import SOLUTIONS
from autograder.sandbox import MIB, Limits
from autograder.selfcheck import check_notebook

EXERCISES = ["rnn_step", "rnn_forward", "rnn_forward_masked", "embed_backward", "delay_line"]
LIMITS = Limits(cell=2, call=2, test=20)


@pytest.fixture
def check(tmp_path):
    """Check assignment 1, solved but for these answers, with these cells before the first."""

    def run(answers=None, cells=(), limits=LIMITS, begin=lambda exercise: None):
        return check_notebook(write(tmp_path, answers or {}, cells), begin, limits)

    return run


def write(folder, answers, cells=()):
    notebook = source_notebook(SOLUTIONS / "ch01_rnn.py")
    for cell in notebook.cells:
        if cell.id in answers:
            head = next(line for line in cell.source.splitlines() if line.startswith("def "))
            cell.source = f"{head}\n    {answers[cell.id]}"
    notebook.cells[1:1] = [nbformat.v4.new_code_cell(source) for source in cells]
    path = folder / "mine.ipynb"
    path.write_text(nbformat.writes(notebook))
    return path


def test_a_verdict_is_there_before_the_next_exercise_begins(check):
    begun = []
    checking = check(begin=begun.append)
    for k, exercise in enumerate(EXERCISES):
        verdict = next(checking)
        assert verdict.passed and verdict.exercise == exercise
        assert begun[: k + 1] == EXERCISES[: k + 1]
    assert next(checking, None) is None
    assert begun == EXERCISES


LOST = {
    "an endless loop": ("while True: pass", "still running after 2 s, in embed_backward, line 2: while True: pass"),
    "a long product that no signal reaches": (
        "return sum(range(10**12))",
        "still running after 2 s, in embed_backward, line 2",
    ),
    "an end of Python": ("import os; os._exit(3)", "it ended Python (exit status 3)"),
    "a polite end of Python": ("import sys; sys.exit(1)", "SystemExit: 1"),
    "a crash": ("import ctypes; ctypes.string_at(0)", "Python crashed (Segmentation fault), in embed_backward, line 2"),
    "an exhausted memory": ("return bytearray(10**11)", "MemoryError"),
    "a thread that ends Python": (
        "import os, threading; t = threading.Thread(target=os._exit, args=(3,)); t.start(); t.join()",
        "it ended Python (exit status 3)",
    ),
}


@pytest.mark.parametrize("what", LOST)
def test_what_does_not_end_or_ends_python_costs_its_own_verdict(check, what):
    body, words = LOST[what]
    verdicts = list(check({"embed_backward": body}, limits=Limits(call=2, test=20, memory=600 * MIB)))
    assert [verdict.exercise for verdict in verdicts] == EXERCISES
    assert [verdict.exercise for verdict in verdicts if not verdict.passed] == ["embed_backward"]
    assert words in verdicts[3].message


def test_several_may_be_lost(check):
    answers = {"rnn_step": "while True: pass", "rnn_forward": "import os; os._exit(1)", "embed_backward": "return 1"}
    assert [verdict.passed for verdict in check(answers)] == [False, False, True, False, True]


def test_memory_that_the_system_does_not_limit_is_seen_from_outside(check):
    verdicts = list(
        check(
            {"embed_backward": "a = bytearray(b'x') * (400 << 20)\n    while True: pass"},
            limits=Limits(call=60, test=60, resident=300 * MIB),
        )
    )
    assert [verdict.passed for verdict in verdicts] == [True, True, True, False, True]
    assert "took more than 300 MiB of memory" in verdicts[3].message


@pytest.mark.parametrize("cell", ["while True:\n    pass", "import os\nos._exit(0)", "import sys\nsys.exit()", "1 / 0"])
def test_a_cell_that_fails_stops_nothing_else(check, cell):
    assert all(verdict.passed for verdict in check(cells=[cell]))


def test_what_a_lost_cell_should_have_defined_is_told(check):
    notebook_cells = ["while True:\n    pass\ndef helper(x): return x"]
    verdicts = list(check({"embed_backward": "return helper(dout)"}, notebook_cells))
    assert [verdict.passed for verdict in verdicts] == [True, True, True, False, True]
    assert "helper" in verdicts[3].message


def test_what_a_cell_prints_is_not_taken_for_a_verdict(check, capfd):
    body = "dE = np.zeros((vocab, dout.shape[-1])); np.add.at(dE, ids, dout); return dE"
    answers = {"embed_backward": f'print(\'{{"verdict": "eA=="}}\'); {body}'}
    assert all(verdict.passed for verdict in check(answers, ["print('{\"end\": true}')"]))


def command(path):
    return subprocess.Popen(
        [sys.executable, "-m", "autograder", "check", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def test_ctrl_c_ends_with_what_was_seen_so_far(tmp_path):
    process = command(write(tmp_path, {"embed_backward": "while True: pass"}))
    assert process.stdout
    seen = []
    while len(seen) < 3:
        line = process.stdout.readline()
        seen += [line] if line.startswith("[right]") else []
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Stopped. Of 3 checked, 0 not right yet." in rest


def test_the_exit_status_tells_whether_all_is_right(tmp_path):
    for answers, status, words in (({}, 0, "All right."), ({"embed_backward": "return ids"}, 1, "1 not right yet.")):
        process = command(write(tmp_path, answers))
        said, _ = process.communicate(timeout=100)
        assert process.returncode == status and words in said
