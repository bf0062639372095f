"""Answers to which a person gives points: nothing that the grader does later takes them away."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder.batch.grade import grade
from autograder.build import build, release_notebook, source_notebook
from autograder.checks.solutions import SOLUTIONS
from autograder.course import Course
from autograder.gradebook.gradebook import open_gradebook, scores
from autograder.judge.reassemble import reassemble
from autograder.lms.export import export_csv
from autograder.reports.feedback import write_feedback
from autograder.sandbox import Limits
from autograder.sandbox.bubblewrap import available

NAME, LIMITS = "ch01_rnn", Limits(start=600, cell=300, call=300, test=600, total=3000)
QUESTION = """
# %% [markdown]
# ## 6. In words
#
# Why does multiplying by a one-hot vector need no product in code?

# %% [markdown] answer="why" points=2
# It picks one row of E, and indexing picks that row at once.
"""
WORDS = "Because it picks a row, and indexing does that."
RIGHT = "def rnn_step(x, h, V, W, b):\n    return np.tanh(x @ V.T + h @ W.T + b), None"
WRONG = "def rnn_step(x, h, V, W, b):\n    return h, None"

needs_sandbox = [pytest.mark.sandbox, pytest.mark.skipif(available() is None, reason="bubblewrap is not installed")]


def percent(folder: Path, text: str) -> Path:
    path = folder / f"{NAME}.py"
    path.write_text(text)
    return path


@pytest.fixture
def course(tmp_path):
    """Return chapter 1 with a question of words at its end."""
    course = Course(tmp_path / "course")
    build(course)
    source = source_notebook(percent(tmp_path, (SOLUTIONS / f"{NAME}.py").read_text() + QUESTION))
    nbformat.write(source, course.notebook("source", NAME))
    nbformat.write(release_notebook(source), course.notebook("release", NAME))
    return course


def hand_in(course, words=WORDS, code=RIGHT, student="ada"):
    notebook = nbformat.read(course.notebook("release", NAME), as_version=4)
    for cell in notebook.cells:
        if cell.id == "rnn_step":
            cell.source = code
        elif cell.id == "why" and words is not None:
            cell.source = words
    if words is None:
        notebook.cells = [cell for cell in notebook.cells if cell.id != "why"]
    path = course.notebook("submitted", NAME, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def give(course, score, comment, cell="why", student="ada"):
    """Write what formgrader does when somebody fills in a score and a comment."""
    with open_gradebook(course) as gradebook:
        grade = gradebook.find_grade(cell, NAME, NAME, student)
        grade.manual_score, grade.needs_manual_grade = score, False
        solution = cell.removesuffix("-check")
        gradebook.find_comment(solution, NAME, NAME, student).manual_comment = comment
        gradebook.db.commit()


def mark(course, cell="why", student="ada"):
    """Return (automatic score, score by hand, waiting for a person, comment) of a cell."""
    with open_gradebook(course) as gradebook:
        grade = gradebook.find_grade(cell, NAME, NAME, student)
        comment = gradebook.find_comment(cell.removesuffix("-check"), NAME, NAME, student)
        return grade.auto_score, grade.manual_score, grade.needs_manual_grade, comment.comment


def run(course, again=False):
    report = grade(course, limits=LIMITS, progress=False, again=again)
    assert report.failed == []
    return report.graded


def test_an_answer_is_marked_as_nbgrader_wants_it_and_its_text_is_not_released(course):
    for step in ("source", "release"):
        notebook = nbformat.read(course.notebook(step, NAME), as_version=4)
        nbformat.validate(notebook)
        cell = next(cell for cell in notebook.cells if cell.id == "why")
        said = cell.metadata["nbgrader"]
        assert cell.cell_type == "markdown"
        assert (said["grade"], said["solution"], said["locked"], said["points"]) == (True, True, False, 2)
        assert (cell.source == "YOUR ANSWER HERE") == (step == "release")
    assert "picks one row" not in course.notebook("release", NAME).read_text()


def test_the_instructors_texts_stand_once_in_what_is_graded_and_the_students_own_beside_them(course):
    hand_in(course)
    path = course.notebook("submitted", NAME, "ada")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(3, nbformat.v4.new_markdown_cell("A thought of my own."))
    source = course.source(NAME)
    whole, _ = reassemble(notebook, source)
    texts = [cell.source for cell in whole.cells if cell.cell_type == "markdown"]
    expected = [WORDS if cell.id == "why" else cell.source for cell in source.cells if cell.cell_type == "markdown"]
    assert sorted(texts) == sorted([*expected, "A thought of my own."])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('# %% [markdown] answer="why"\n# Because.', ":1: got answer 'why' with no points"),
        (
            '# %% [markdown] answer="a" points=1\n# x\n\n# %% [markdown] answer="a" points=1\n# y',
            ":4: got answer 'a' twice",
        ),
    ],
)
def test_an_answer_without_points_or_with_a_taken_name_is_refused(tmp_path, text, complaint):
    with pytest.raises(ValueError, match=rf"{NAME}\.py{complaint}"):
        source_notebook(percent(tmp_path, text))


class TestGrading:
    pytestmark = needs_sandbox

    def test_a_fresh_answer_waits_for_a_person_and_its_text_is_kept(self, course):
        hand_in(course)
        run(course)
        assert mark(course) == (None, None, True, None)
        assert scores(course) == {("ada", NAME): (4.0, 22.0)}
        graded = nbformat.read(course.notebook("autograded", NAME, "ada"), as_version=4)
        assert next(cell.source for cell in graded.cells if cell.id == "why") == WORDS

    @pytest.mark.parametrize("words", ["YOUR ANSWER HERE", "  \n", None])
    def test_no_answer_gets_nothing_and_waits_for_nobody(self, course, words):
        hand_in(course, words)
        run(course)
        assert mark(course) == (0.0, None, False, "No response.")

    def test_points_and_comment_survive_grading_again(self, course):
        hand_in(course)
        run(course)
        give(course, 1.5, "Say which row.")
        assert run(course) == 0
        assert run(course, again=True) == 1
        assert mark(course) == (None, 1.5, False, "Say which row.")
        hand_in(course, code=WRONG)
        assert run(course) == 1
        assert mark(course) == (None, 1.5, False, "Say which row.")
        assert scores(course) == {("ada", NAME): (1.5, 22.0)}

    def test_a_changed_answer_waits_again_with_its_old_points_until_somebody_looks(self, course):
        hand_in(course)
        run(course)
        give(course, 1.5, "Say which row.")
        hand_in(course, "Another answer.")
        run(course)
        assert mark(course) == (None, 1.5, True, "Say which row.")
        run(course, again=True)  # nobody has looked yet
        assert mark(course) == (None, 1.5, True, "Say which row.")
        give(course, 2.0, "Yes.")
        run(course, again=True)
        assert mark(course) == (None, 2.0, False, "Yes.")

    def test_a_test_overruled_by_hand_keeps_that_and_asks_for_a_look_as_nbgrader_does(self, course):
        hand_in(course, code=WRONG)
        run(course)
        give(course, 3.0, "Nearly.", "rnn_step-check")
        hand_in(course)
        run(course)
        assert mark(course, "rnn_step-check") == (4.0, 3.0, True, "Nearly.")

    def test_one_student_marked_by_hand_does_not_settle_another(self, course):
        hand_in(course)
        hand_in(course, student="bo")
        run(course)
        give(course, 1.0, "So so.")
        run(course, again=True)
        assert mark(course)[1:3] == (1.0, False)
        assert mark(course, student="bo")[1:3] == (None, True)

    def test_points_by_hand_are_in_the_export_and_on_the_page(self, course):
        hand_in(course)
        run(course)
        (page,) = write_feedback(course)
        assert "2 points" in page.read_text()  # still waiting
        give(course, 1.5, "Say <which> row.")
        line = export_csv(course).splitlines()[1]
        assert line.startswith("ada,ch01_rnn,5.5,") and line.split(",")[5] == "22"
        (page,) = write_feedback(course)
        assert "Say &lt;which&gt; row." in page.read_text() and "5.5" in page.read_text()

    @pytest.mark.slow
    def test_nbgraders_own_autograde_and_feedback_go_along(self, course):
        hand_in(course)
        hand_in(course, "YOUR ANSWER HERE", student="bo")
        run(course)
        give(course, 1.5, "Say which row.")
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        for command in ("autograde", "generate_feedback"):
            done = subprocess.run(
                [str(Path(sys.executable).parent / "nbgrader"), command, NAME, "--force"],
                cwd=course.root,
                env={**os.environ, "PATH": path},
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, done.stderr
        assert mark(course)[:2] == (None, 1.5)
        assert mark(course, student="bo") == (0.0, None, False, "No response.")
        assert "Say which row." in (course.root / "feedback" / "ada" / NAME / f"{NAME}.html").read_text()
