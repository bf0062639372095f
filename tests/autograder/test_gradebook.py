"""Many writers at once, on SQLite and on a real PostgreSQL server: no error, and no grade lost."""

import datetime
import os
import pwd
import shutil
import socket
import subprocess
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import nbformat
import pytest

from autograder.build import build
from autograder.course import Course
from autograder.gradebook.gradebook import back_up, open_gradebook, record, register, scores, settings
from autograder.gradebook.handed_in import HandedIn, keep
from autograder.gradebook.ledger import ledger, penalties, settle
from autograder.gradebook.policy import read_policy
from autograder.lms.export import export_csv

NAME, WRITERS = "ch01_rnn", 16


def initdb():
    """Find the server's command, which Debian keeps out of the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return str(found[-1]) if found else shutil.which("initdb")


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    """Yield the URL of an empty database on a server of our own, which runs as another user if we are root."""
    program = initdb()
    if program is None:
        pytest.skip("no PostgreSQL server is installed (Debian, Ubuntu: apt install postgresql)")
    binaries, folder = Path(program).parent, tmp_path_factory.mktemp("postgres")
    as_server = []
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        for parent in folder.parents:
            if parent.stat().st_uid == 0 and parent != Path("/tmp") and str(parent).startswith("/tmp"):
                parent.chmod(0o755)
        as_server = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    run = lambda *command: subprocess.run([*as_server, *command], check=True, capture_output=True, cwd="/")  # noqa: E731
    run(program, "-D", f"{folder}/data", "-U", "course", "--auth", "trust", "--no-sync")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    run(f"{binaries}/pg_ctl", "-D", f"{folder}/data", "-w", "-t", "600", "-o", options, "-l", f"{folder}/log", "start")
    try:
        run(f"{binaries}/createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "course", "grades")
        yield f"postgresql+psycopg://course@127.0.0.1:{port}/grades"
    finally:
        subprocess.run(
            [*as_server, f"{binaries}/pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop"],
            cwd="/",
            capture_output=True,
        )


@pytest.fixture(params=["sqlite", "postgresql"])
def course(request, tmp_path):
    course = Course(tmp_path / "course")
    build(course)
    if request.param == "postgresql":
        course.use_database(request.getfixturevalue("postgres"))
    return course


def write(root, k):
    """Register as every grader does, then record this student's notebook, with k of 4 points."""
    course = Course(root)
    register(course, NAME)
    notebook = course.source(NAME)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "rnn_step-check":
            cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": str(k % 5)}, execution_count=1)]
        elif cell.metadata.get("nbgrader", {}).get("grade"):
            cell.outputs = [nbformat.v4.new_output("error", ename="E", evalue="", traceback=[])]
    return record(course, NAME, f"student{k}", notebook)


def test_sixteen_writers_at_once_lose_no_grade(course):
    with ProcessPoolExecutor(WRITERS, mp_context=get_context("spawn")) as pool:
        reported = list(pool.map(write, [course.root] * WRITERS, range(WRITERS)))
    assert reported == [k % 5 for k in range(WRITERS)]
    assert {student: score for (student, _), (score, _) in scores(course).items()} == {
        f"student{k}": k % 5 for k in range(WRITERS)
    }


@pytest.mark.parametrize("course", ["sqlite"], indirect=True)
def test_graders_of_the_same_work_at_once_end_with_one_grade(course):
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        reported = list(pool.map(write, [course.root] * 12, [2 + k // 4 for k in range(12)]))
    assert reported == [2 + k // 4 for k in range(12)]
    assert {student: score for (student, _), (score, _) in scores(course).items()} == {
        "student2": 2, "student3": 3, "student4": 4
    }  # fmt: skip


def test_lateness_costs_what_the_policy_says_and_the_score_stays(tmp_path):
    course = Course(tmp_path / "course")
    build(course)
    (course.root / "own_config.py").write_text("c.LatePolicy.per_day = 0.25\nc.LatePolicy.grace = 600.0\n")
    register(course, NAME)
    with open_gradebook(course) as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate=datetime.datetime(2026, 3, 1, 12))
    for k, when in enumerate(["2026-03-01 12:05:00 UTC", "2026-03-01 13:00:00 UTC", "2026-03-03 11:00:00 UTC"]):
        stamp = course.notebook("submitted", NAME, f"student{k}").with_name("timestamp.txt")
        stamp.parent.mkdir(parents=True)
        stamp.write_text(when)
        notebook = course.source(NAME)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade"):
                points = cell.metadata["nbgrader"]["points"]
                cell.outputs = [
                    nbformat.v4.new_output("execute_result", {"text/plain": str(points)}, execution_count=1)
                ]
        assert record(course, NAME, f"student{k}", notebook) == 20
    taken = penalties(course)
    assert taken == {("student1", NAME): 5.0, ("student2", NAME): 10.0}
    assert "student2,ch01_rnn,20,10,10,20" in export_csv(course)
    with open_gradebook(course) as gradebook:  # nothing is graded again, and a due date that moved counts at once
        gradebook.update_or_create_assignment(NAME, duedate=datetime.datetime(2026, 3, 2, 12))
    assert penalties(course) == {("student2", NAME): 5.0}
    assert settle(course) == 1 and settle(course) == 0
    with open_gradebook(course) as gradebook:
        assert gradebook.find_submission(NAME, "student2").late_submission_penalty == 5.0
    build(course)  # leaves own_config.py alone
    assert settings(course).LatePolicy.per_day == 0.25


def test_a_backup_is_whole_and_old_ones_go(tmp_path):
    course = Course(tmp_path / "course")
    build(course)
    assert back_up(course) is None
    register(course, NAME)
    record(course, NAME, "student0", course.source(NAME))
    copies = []
    for k in range(4):
        made = back_up(course, keep=2)
        assert made
        copies.append(made.rename(made.with_name(f"gradebook-{k}.db")))
    assert sorted(p.name for p in (course.root / "backup").iterdir())[-1] == "gradebook-3.db"
    assert len(list((course.root / "backup").iterdir())) <= 3
    other = Course(tmp_path / "other")
    other.use_database(f"sqlite:///{copies[-1]}")
    assert scores(other) == scores(course) != {}


def test_a_new_backup_is_kept_though_older_ones_say_a_later_time(tmp_path):
    course = Course(tmp_path / "course")
    build(course)
    register(course, NAME)
    (course.root / "backup").mkdir()
    later = [course.root / "backup" / f"gradebook-2999010{k}T000000-1.db" for k in range(4)]
    for path in later:
        path.touch()
    made = back_up(course, keep=3)
    assert sorted((course.root / "backup").iterdir()) == [made, *later[2:]]


def test_a_database_of_another_kind_is_refused(tmp_path):
    with pytest.raises(ValueError, match="database: got 'mysql"):
        Course(tmp_path).use_database("mysql://x/y")


POLICY = """
[late]
per_day = 0.1
grace = 10
free_days = 1

[due]
ch01_rnn = 2026-03-01T12:00:00Z

[extensions.extended]
ch01_rnn = 2026-03-08T13:00:00+01:00

[excused]
excused = ["ch01_rnn"]
"""


def test_the_policy_is_one_file_and_every_total_is_explained(tmp_path):
    course = Course(tmp_path / "course")
    build(course)
    register(course, NAME)
    (course.root / "policy.toml").write_text(POLICY)
    came = {"intime": 1, "graceful": 12, "free": 13, "late": 60, "extended": 60, "excused": 60, "unknown": None}
    for student, hours in came.items():
        time = None
        if hours is not None:
            minutes = 5 if student == "graceful" else 0
            time = datetime.datetime(2026, 3, 1) + datetime.timedelta(hours=hours, minutes=minutes)
        course.notebook("submitted", NAME, student).parent.mkdir(parents=True)
        keep(course, NAME, student, HandedIn(time, "a test", late=True if time is None else None))
        notebook = course.source(NAME)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade"):
                points = str(cell.metadata["nbgrader"]["points"])
                cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": points}, execution_count=1)]
        record(course, NAME, student, notebook)
    found = {student: one for (student, _), one in ledger(course).items()}
    assert {s: (one.days, one.free, round(one.penalty, 9)) for s, one in found.items()} == {
        "intime": (0, 0, 0),
        "graceful": (0, 0, 0),
        "free": (1, 1, 0),
        "late": (2, 1, 2),
        "extended": (0, 0, 0),
        "excused": (2, 0, 0),
        "unknown": (1, 1, 0),
    }
    assert found["late"].explained()[-3:] == [
        "  handed in 2026-03-03 12:00:00 UTC (by a test)",
        "  due 2026-03-01 12:00:00 UTC",
        "  2 days late, 1 of them free: 2 points taken",
    ]
    assert "extended for this student" in str(found["extended"].explained())
    assert found["unknown"].explained()[-3] == "  handed in at a time that nobody knows (by a test), marked as late"
    assert found["excused"].explained()[-1] == "  excused: it does not count"
    (course.root / "policy.toml").write_text(
        POLICY.replace("free_days = 1", "").replace("2026-03-01T12", "2026-03-02T13")
    )
    assert penalties(course) == {("late", NAME): 2.0, ("unknown", NAME): 2.0}


@pytest.mark.parametrize(
    "text, words",
    [
        ("[lat]", "got lat, expected late, due, extensions, excused"),
        ("[late]\nper_week = 1", "got late.per_week, expected per_day, most, grace, free_days, unknown_days"),
        ("[late]\nper_day = -1", "got late.per_day = -1, expected a number of at least 0"),
        ("[late]\nfree_days = 1.5", "got late.free_days = 1.5, expected a whole number of at least 0"),
        ("[due]\nch01_rnn = 2026-03-01", "got due.ch01_rnn = 2026-03-01, expected a time with its zone"),
        ("[due]\nch99 = 2026-03-01T12:00:00Z", "got the assignment 'ch99', expected one of ch01_rnn, "),
        ("[excused]\nada = 1", "got excused.ada = 1, expected a list of assignments"),
        ("due = 1", "got due = 1, expected a table"),
        ("[", "policy.toml: "),
    ],
)
def test_a_policy_that_is_none_is_refused_by_the_entry(tmp_path, text, words):
    course = Course(tmp_path / "course")
    build(course)
    (course.root / "policy.toml").write_text(text)
    with pytest.raises(ValueError) as raised:
        read_policy(course)
    assert words in str(raised.value)
