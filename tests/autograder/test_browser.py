"""A walk through a real JupyterLab: an assignment is released, fetched, solved, handed in, graded, and comes back.

One test, because each step needs the one before. What nbgrader has a button for is clicked.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import cast

import nbformat
import pytest

from autograder.build import build, release_notebook, source_notebook
from autograder.checks.solutions import SOLUTIONS
from autograder.course import Course
from autograder.gradebook.gradebook import open_gradebook
from autograder.sandbox.bubblewrap import available

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for path in map(shutil.which, NAMES) if path), None)
ONLY_HERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
BIN = Path(sys.executable).parent
NAME, STUDENT = "ch01_rnn", "ada"
STEP = """def rnn_step(x, h, V, W, b):
    return np.tanh(x @ V.T + h @ W.T + b), None
"""
WORDS = "Because it picks a row, and indexing does that."
LATER = "Row k is all that is left of E."
QUESTION = """
# %% [markdown]
# Why does multiplying by a one-hot vector need no product in code?

# %% [markdown] answer="why" points=2
# It picks one row of E, and indexing picks that row at once.
"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.sandbox,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is in the path (Debian, Ubuntu: apt install chromium)"),
    pytest.mark.skipif(available() is None, reason="bubblewrap is not installed"),
]


def until(met: Callable[[], object], what: str, seconds: float = 600):
    """Wait for a condition and return what it found."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := met():
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s for {what}")


def environment(home: Path) -> dict[str, str]:
    """Return nothing of the user who runs the tests: no settings of Jupyter, no notebooks, no history."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("JUPYTER", "NBGRADER", "JPY_"))}
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "HOME": str(home), "PATH": path, "OPENBLAS_NUM_THREADS": "1"}


class Lab:
    """One person's JupyterLab, in the folder where they start it."""

    def __init__(self, folder: Path, home: Path):
        self.folder, self.home, self.log = folder, home, home / "jupyter.log"
        quiet = home / ".jupyter/lab/user-settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
        quiet.parent.mkdir(parents=True)
        quiet.write_text(json.dumps({"fetchNews": "false", "checkForUpdates": False}))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "jupyterlab",
            "--no-browser",
            "--ip=127.0.0.1",
            f"--port={self.port}",
            "--port-retries=0",
            "--IdentityProvider.token=walk",
        ]
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [*command, *(["--allow-root"] if os.geteuid() == 0 else [])],
                cwd=folder,
                env=environment(home),
                stdout=log,
                stderr=log,
            )

    def address(self, page: str = "lab") -> str:
        return f"http://127.0.0.1:{self.port}/{page}?token=walk"

    def is_up(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        with contextlib.suppress(OSError), urllib.request.urlopen(self.address("api/status"), timeout=60):
            return True
        return False

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return chapter 1 with a question of words at its end."""
    folder = tmp_path_factory.mktemp("instructor")
    course = Course(folder / "course")
    build(course)
    percent = folder / f"{NAME}.py"
    percent.write_text((SOLUTIONS / f"{NAME}.py").read_text() + QUESTION)
    source = source_notebook(percent)
    nbformat.write(source, course.notebook("source", NAME))
    nbformat.write(release_notebook(source), course.notebook("release", NAME))
    exchange(course).mkdir()
    exchange(course).chmod(0o777)
    (course.root / "own_config.py").write_text(f"c.Exchange.root = {str(exchange(course))!r}\n")
    return course


def exchange(course: Course) -> Path:
    """Return where students may write: not in the course's folder, which they have no business in."""
    return course.root.parent / "exchange"


@pytest.fixture(scope="module")
def labs(course, tmp_path_factory):
    """Yield (the instructor's JupyterLab, in the course's folder; the student's, in a folder of their own)."""
    folder = tmp_path_factory.mktemp("student")
    (folder / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.Exchange.root = {str(exchange(course))!r}\n"
        f"c.CourseDirectory.course_id = 'rnn'\nc.CourseDirectory.student_id = {STUDENT!r}\n"
    )
    started = [Lab(course.root, tmp_path_factory.mktemp("home")), Lab(folder, tmp_path_factory.mktemp("home"))]
    try:
        for lab in started:
            until(lab.is_up, "JupyterLab to start")
        yield started
    finally:
        for lab in started:
            lab.stop()


@pytest.fixture
def pages(labs, tmp_path):
    """Yield a page of each JupyterLab; no other host is asked. When the test fails, pictures are in tmp_path."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", ONLY_HERE])
        opened = []
        for lab in labs:
            page = browser.new_context(viewport={"width": 1600, "height": 1000}).new_page()
            page.set_default_timeout(300_000)
            page.goto(lab.address())
            opened.append(page)
        try:
            yield opened
        finally:
            for who, page in zip(("instructor", "student"), opened):
                with contextlib.suppress(Exception):
                    page.screenshot(path=tmp_path / f"{who}.png")
            browser.close()


def choose(page, menu: str, entry: str) -> None:
    """Choose an entry of JupyterLab's menu bar."""
    page.locator(".lm-MenuBar-item", has_text=menu).click()
    page.locator(".lm-Menu-item", has_text=entry).first.click()


def autograder(course: Course, *arguments: str) -> str:
    """Run the grader's own command, as an instructor does in a terminal."""
    done = subprocess.run(
        [sys.executable, "-m", "autograder", *arguments, "--course", str(course.root)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def formgrader(page):
    """Open formgrader from JupyterLab's menu; the frame it is in."""
    choose(page, "Nbgrader", "Formgrader")
    return page.frame_locator("iframe[src*=formgrader]")


def release(page, course: Course):
    """Release the assignment with formgrader's button."""
    frame = formgrader(page)
    row = frame.locator("tr", has_text=NAME)
    row.locator("td.release a").click()
    frame.locator(".modal.in button", has_text="OK").click()
    assert (exchange(course) / "rnn" / "outbound" / NAME / f"{NAME}.ipynb").is_file()
    return frame


def write(page, cell, text: str) -> None:
    """Type a new text into a cell that is open for writing."""
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def run(page, cell) -> None:
    """Run one cell."""
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")


def solve(page, lab: Lab) -> None:
    """Fetch the assignment, answer the first exercise and the question, run, save."""
    choose(page, "Nbgrader", "Assignment List")
    page.locator("#released_assignments_list button", has_text="Fetch").click()
    page.locator("#fetched_assignments_list a", has_text=NAME).first.click()
    page.locator("#fetched_assignments_list .nested_list_item a", has_text=NAME).click()
    cell = lambda kind, text: page.locator(f".jp-{kind}Cell", has_text=text).first  # noqa: E731
    page.get_by_text("| Idle").wait_for()  # before that, what is run is not
    run(page, cell("Code", "import numpy"))
    write(page, cell("Code", "def rnn_step("), STEP)
    run(page, cell("Code", "def rnn_step("))
    run(page, cell("Code", 'check("rnn_step"'))
    page.locator(".jp-OutputArea-output", has_text="right").wait_for()
    cell("Markdown", "YOUR ANSWER HERE").dblclick()
    write(page, cell("Markdown", "YOUR ANSWER HERE"), WORDS)
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+s")
    saved = lab.folder / NAME / f"{NAME}.ipynb"
    until(lambda: WORDS in saved.read_text() and "tanh(x @ V.T" in saved.read_text(), "the notebook to be saved")


def run_all(page, lab: Lab) -> None:
    """Run all cells: each check has its card, those that fail as well, and what stands below them is run, too."""
    choose(page, "Run", "Run All Cells")
    saved = lab.folder / NAME / f"{NAME}.ipynb"

    def checked() -> list:
        page.keyboard.press("Control+s")
        with contextlib.suppress(nbformat.reader.NotJSONError):  # while it is being written
            cells = nbformat.read(saved, as_version=4).cells
            checks = [cell for cell in cells if cell.source.startswith("check(")]
            if all(cell.outputs and cell.outputs[-1].output_type == "error" for cell in checks[1:]):
                return checks
        return []

    cells = cast(list, until(checked, "every check to be run"))
    cards = [cell.outputs[0].data["text/html"] for cell in cells]
    assert len(cards) > 3 and ">right</span>" in cards[0]
    assert all(">not written yet</span>" in one for one in cards[1:])
    page.locator(".jp-OutputArea-output [role=group]", has_text="not written yet").first.wait_for()


def validate(page) -> None:
    """Press Validate: the exercise that was answered is not among what failed, the others are."""
    page.locator(".jp-NotebookPanel-toolbar").get_by_text("Validate").click()
    dialog = page.locator(".jp-Dialog", has_text="Validation Results")
    dialog.wait_for()
    said = dialog.inner_text()
    assert "The following cell failed" in said and 'check("rnn_forward", rnn_forward)' in said
    assert 'check("rnn_step", rnn_step)' not in said
    dialog.get_by_role("button", name="OK").click()


def submit(page, course: Course) -> Path:
    """Hand it in from the assignment list; the folder in the exchange."""
    page.locator(".lm-TabBar-tab", has_text="Assignments").first.click()
    page.locator("#fetched_assignments_list button", has_text="Submit").click()
    page.locator("#submitted_assignments_list", has_text=NAME).wait_for()
    (folder,) = (exchange(course) / "rnn" / "inbound").iterdir()
    return folder


def mark_by_hand(frame) -> None:
    """In formgrader's manual grading: look at the submission, give points and a comment, see that they are kept."""
    frame.get_by_role("link", name="Manual Grading").first.click()
    frame.get_by_role("link", name=NAME).first.click()  # the assignment
    frame.locator("td").get_by_role("link", name=NAME).first.click()  # its notebook
    frame.get_by_role("link", name="Submission #1").click()
    score, comment = frame.locator("input#why"), frame.locator("textarea#why-comment")
    frame.locator("input#why.needs_manual_grade").wait_for()
    assert score.input_value() == "" and WORDS in frame.locator("body").inner_text()
    score.fill("1.5")
    score.press("Tab")
    comment.fill("Say which row.")
    comment.press("Tab")


def look_again(frame) -> None:
    """Open the submission anew: what was given is still there, and no look at it is asked for."""
    frame.get_by_role("link", name=NAME).last.click()  # the list of its notebook's submissions
    row = frame.locator("tr", has_text="Submission #1")
    row.wait_for()
    assert "5.5 / 22" in row.inner_text()
    row.get_by_role("link", name="Submission #1").click()
    until(lambda: frame.locator("input#why").input_value() == "1.5", "formgrader to show the score")
    assert frame.locator("input#why.needs_manual_grade").count() == 0


def resolve(frame) -> None:
    """Look at the answer, which is another one now, and leave the points as they are."""
    frame.get_by_role("link", name=NAME).last.click()
    frame.locator("tr", has_text="Submission #1").get_by_role("link", name="Submission #1").click()
    frame.locator("#notebook", has_text=LATER).first.wait_for()
    frame.locator("input#why.needs_manual_grade").wait_for()
    frame.get_by_role("button", name="Resolve").click()


def by_hand(course: Course) -> tuple:
    """Return (score, waiting for a person, comment) of the question, as the gradebook has it."""
    with open_gradebook(course) as gradebook:
        grade = gradebook.find_grade("why", NAME, NAME, STUDENT)
        return (
            grade.manual_score,
            grade.needs_manual_grade,
            gradebook.find_comment("why", NAME, NAME, STUDENT).manual_comment,
        )


def release_feedback(frame) -> None:
    """Press formgrader's button. The one before it, Generate Feedback, would write nbgrader's page in place of ours."""
    frame.get_by_role("link", name="Manual Grading").first.click()
    frame.get_by_role("link", name="Manage Assignments").first.click()
    frame.locator("tr", has_text=NAME).locator("td.release-feedback a").click()
    frame.locator(".modal.in button", has_text="OK").click()


def read_feedback(page) -> str:
    """Fetch the feedback from the assignment list, open the page in JupyterLab, and read it."""
    page.locator("#refresh_assignments_list").click()
    page.locator("#submitted_assignments_list button", has_text="Fetch Feedback").click()
    page.locator("#submitted_assignments_list a", has_text="view feedback").click()
    page.locator(".jp-DirListing-item", has_text=f"{NAME}.html").dblclick()
    body = page.frame_locator(".jp-HTMLViewer iframe").locator("body")
    body.get_by_text("points").first.wait_for()
    return body.inner_text()


def test_an_assignment_goes_from_the_instructor_to_the_student_and_back(course, labs, pages):
    (_, home), (desk, seat) = labs, pages
    frame = release(desk, course)
    solve(seat, home)
    run_all(seat, home)
    validate(seat)
    folder = submit(seat, course)
    assert folder.name.startswith(f"{STUDENT}+{NAME}+")
    assert (folder / f"{NAME}.ipynb").is_file()

    assert "1 taken" in autograder(course, "collect", "--assignment", NAME)
    assert "graded 1" in autograder(course, "grade")
    assert by_hand(course) == (None, True, None)
    mark_by_hand(frame)
    until(lambda: by_hand(course) == (1.5, False, "Say which row."), "the gradebook to have what formgrader was told")
    assert "graded 1" in autograder(course, "grade", "--again")
    assert by_hand(course) == (1.5, False, "Say which row.")
    look_again(frame)
    submitted = course.notebook("submitted", NAME, STUDENT)
    submitted.write_text(submitted.read_text().replace(WORDS, LATER))
    assert "graded 1" in autograder(course, "grade")
    assert by_hand(course) == (1.5, True, "Say which row.")
    resolve(frame)
    until(lambda: by_hand(course) == (1.5, False, "Say which row."), "the gradebook to have what formgrader was told")

    autograder(course, "feedback")
    release_feedback(frame)
    said = read_feedback(seat)
    assert "5.5 of 22 points" in said and "Say which row." in said


def hand_in_what_acts(course: Course, student: str) -> list[str]:
    """Hand in everything that could run a script, as the answer in words and in a cell beside it."""
    payloads = json.loads((Path(__file__).parent / "payloads.json").read_text())
    work = release_notebook(course.source(NAME))
    for cell in work.cells:
        if cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = "\n\n".join(payloads)
    work.cells += [nbformat.v4.new_markdown_cell(payload) for payload in payloads]
    path = course.notebook("submitted", NAME, student)
    path.parent.mkdir(parents=True)
    path.write_text(nbformat.writes(work), encoding="utf-8")
    return payloads


def test_nothing_that_a_student_wrote_runs_in_formgrader(course, labs, pages):
    (desk, _), address = pages, labs[0].address
    payloads = hand_in_what_acts(course, "eve")
    assert "graded 1" in autograder(course, "grade", "--student", "eve")
    with open_gradebook(course) as gradebook:
        page = f"formgrader/submissions/{gradebook.find_submission_notebook(NAME, NAME, 'eve').id}/"
    ran: list[str] = []
    desk.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))

    def look() -> list[str]:
        desk.goto(address(page))
        desk.get_by_text("Because").or_(desk.locator("input.score")).first.wait_for()
        desk.wait_for_load_state("load")
        return desk.eval_on_selector_all(
            "#notebook a[href], .jp-Notebook a[href], main a[href]", "links => links.map(link => link.protocol)"
        )

    links = look()
    assert ran == [] and set(links) <= {"http:", "https:", "mailto:"} and links
    assert desk.locator("[onerror], [onload], iframe, object, embed, .mermaid").count() == 0

    path = course.notebook("autograded", NAME, "eve")  # and as they came they would have run
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[-1].source = "\n\n".join(payloads)
    nbformat.write(notebook, path)
    look()
    assert ran
