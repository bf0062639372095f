"""The walk of a right answer, from its notebook to its points, is short enough to be read in one sitting.

Counted are the files and functions of this package that run while one more submission is graded and recorded, by a
grader that is at work already: all that `grade_one` and `record` call, in the referee, too. Not counted are the cases,
what is on the student's side of the sandbox (`sandbox/`, `inside/`), and what has no name (comprehensions, lambdas).
"""

import inspect
import sys
from pathlib import Path

import nbformat
import pytest

import autograder
from autograder.batch import grade
from autograder.build import build
from autograder.course import Course
from autograder.judge import grading
from autograder.judge.testcell import run_test
from autograder.sandbox.bubblewrap import available

PACKAGE = Path(autograder.__file__).parent
BEGINS = {("batch/job.py", "grade_one"), ("gradebook/gradebook.py", "record")}
ELSEWHERE = ("cases/", "sandbox/", "inside/")
FILES, FUNCTIONS = 20, 90


class Walk:
    """What was called. `follow` is a profile function."""

    def __init__(self):
        self.depth, self.seen = 0, set()

    def follow(self, frame, event, argument):
        code = frame.f_code
        path = Path(code.co_filename)
        if event not in ("call", "return") or PACKAGE not in path.parents:
            return
        step = (path.relative_to(PACKAGE).as_posix(), code.co_qualname)
        if step in BEGINS:
            self.depth += 1 if event == "call" else -1
        named = not code.co_name.startswith("<") and code.co_flags & inspect.CO_OPTIMIZED
        if event == "call" and self.depth and named and not step[0].startswith(ELSEWHERE):
            self.seen.add(step)


@pytest.mark.sandbox
@pytest.mark.skipif(available() is None, reason="bubblewrap is not installed")
def test_the_walk_of_a_right_answer_is_short(tmp_path, monkeypatch):
    course, walk = Course(tmp_path), Walk()
    build(course)
    source = course.source("ch01_rnn")  # its answers and checks alone: what a cell prints besides is another walk
    source.cells = [cell for cell in source.cells if cell.cell_type != "code" or cell.metadata.get("nbgrader")]
    nbformat.write(source, course.notebook("source", "ch01_rnn"))
    submitted = tmp_path / "submitted" / "ada" / "ch01_rnn" / "ch01_rnn.ipynb"
    submitted.parent.mkdir(parents=True)
    submitted.write_bytes(course.notebook("source", "ch01_rnn").read_bytes())

    def inline(jobs, work, items, load=lambda item: item):
        for item in items:
            yield item, work(load(item))

    def go():
        grade.grade(course, "ch01_rnn", "ada", jobs=1, again=True, progress=False)

    monkeypatch.setattr(grade, "on_processes", inline)
    apart = grading.judge_apart
    for judge in (run_test, apart):  # a referee is a process of its own, into which the profile does not reach
        monkeypatch.setattr(grading, "judge_apart", judge)
        go()
        before = sys.getprofile()
        sys.setprofile(walk.follow)
        try:
            go()
        finally:
            sys.setprofile(before)
    files = {path for path, _ in walk.seen}
    assert ("checks/run.py", "run_check") in walk.seen and ("judge/referee.py", "judge_apart") in walk.seen
    assert len(files) <= FILES, sorted(files)
    assert len(walk.seen) <= FUNCTIONS, sorted(walk.seen)
