"""Files of other people: each kind of trap is refused in words, and nothing but a plain file is ever read."""

import datetime
import os
import socket

import pytest

from autograder.course import Course
from autograder.files import Refused, read_plain, strange_name
from autograder.gradebook.handed_in import handed_in
from autograder.reports.feedback import bring_along


@pytest.fixture
def course(tmp_path):
    (tmp_path / "secret").write_text("the seed of all")
    (tmp_path / "submitted/ada/ch01").mkdir(parents=True)
    (tmp_path / "submitted/ada/ch01/ch01.ipynb").write_bytes(b"{}")
    return tmp_path


def test_a_plain_file_is_read(course):
    assert read_plain(course / "submitted", "ada", "ch01", "ch01.ipynb") == b"{}"


def test_what_is_not_there_is_not_there(course):
    with pytest.raises(FileNotFoundError):
        read_plain(course / "submitted", "ada", "ch02", "ch02.ipynb")


def traps(course):
    folder = course / "submitted/ada/ch01"
    (folder / "link.ipynb").symlink_to(course / "secret")
    (folder / "dangling.ipynb").symlink_to(course / "nowhere")
    os.mkfifo(folder / "pipe.ipynb")
    (folder / "folder.ipynb").mkdir()
    with open(folder / "hole.ipynb", "wb") as file:
        file.truncate(6 << 30)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(folder / "socket.ipynb"))
    (course / "submitted/eve").symlink_to(course / "submitted/ada")
    (course / "submitted/bob").mkdir()
    (course / "submitted/bob/ch01").symlink_to(folder)
    yield from (
        (("ada", "ch01", f"{kind}.ipynb"), kind) for kind in ("link", "dangling", "pipe", "folder", "hole", "socket")
    )
    yield ("eve", "ch01", "ch01.ipynb"), "a student who is a link to another"
    yield ("bob", "ch01", "ch01.ipynb"), "an assignment that is a link to another's"
    yield ("..", "secret"), "a step up"
    yield ("ada/../..", "secret"), "a path in a name"
    yield ("ada", "ch01", "ch01.ipynb\0"), "a zero"
    yield ("ada", ""), "no name"


def test_each_trap_is_refused_in_words(course, monkeypatch):
    monkeypatch.chdir(course)  # the name of a socket must be short
    tried = 0
    for names, kind in traps(course):
        with pytest.raises(Refused) as refused:
            read_plain(course / "submitted", *names)
        assert len(str(refused.value)) > 15, kind
        tried += 1
    assert tried == 12


def test_the_bound_is_the_callers(course):
    with pytest.raises(Refused, match=r"has 2 bytes; at most 1 are read"):
        read_plain(course / "submitted", "ada", "ch01", "ch01.ipynb", most=1)


@pytest.mark.parametrize("name", [os.fsdecode(b"M\xfcller"), "two\nlines", "bell\a", "\u202eright to left"])
def test_names_that_no_table_can_hold(name):
    assert strange_name(name)


@pytest.mark.parametrize("name", ["ada", "Müller", "李小龍", "o'neil-3", "a b"])
def test_names_of_people(name):
    assert strange_name(name) is None


@pytest.mark.parametrize("said", ["9999-12-31 23:59:59 UTC", "0001-01-01 00:00:00 UTC", "1e999", "\xff", "x" * 2000])
def test_a_time_that_is_none_stops_nothing(course, said):
    path = course / "submitted/ada/ch01/ch01.ipynb"
    os.utime(path, (1_700_000_000, 1_700_000_000))
    path.with_name("timestamp.txt").write_text(said, encoding="latin-1")
    assert handed_in(Course(course), "ch01", "ada").time == datetime.datetime(2023, 11, 14, 22, 13, 20)
    os.utime(path, (2**38, 2**38))
    assert (handed_in(Course(course), "ch01", "ada").time or datetime.datetime.max).year < 9000


def test_a_link_as_a_time_stamp_is_not_followed(course):
    (course / "elsewhere").write_text("2001-01-01 00:00:00 UTC")
    (course / "submitted/ada/ch01/timestamp.txt").symlink_to(course / "elsewhere")
    assert (handed_in(Course(course), "ch01", "ada").time or datetime.datetime(2001, 1, 1)).year != 2001


def test_no_secret_of_the_course_rides_out_with_the_feedback(course):
    (course / "submitted/ada/ch01/timestamp.txt").symlink_to(course / "secret")
    (course / "submitted/ada/ch01/submission_secret.txt").write_text("her own")
    (course / "feedback").mkdir()
    bring_along(course / "submitted/ada/ch01", course / "feedback")
    assert [path.name for path in (course / "feedback").iterdir()] == ["submission_secret.txt"]


def test_a_file_of_another_owner_is_refused(tmp_path):
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "work").write_text("hers")
    assert read_plain(tmp_path, "ada", "work", owner=os.getuid()) == b"hers"
    with pytest.raises(Refused, match=r"ada belongs to .*, not to 4242424"):
        read_plain(tmp_path, "ada", "work", owner=4242424)
