"""nbgrader's exchange: a name and a time are claims, which cost themselves alone."""

import datetime
import os

import pytest

from autograder.build import build
from autograder.course import Course
from autograder.gradebook.handed_in import handed_in
from autograder.lms.exchange import collect_exchange

NAME = "ch01_rnn"
NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


@pytest.fixture
def exchange(tmp_path):
    """Return a course that was released into an exchange, and the folder into which students submit."""
    course = Course(tmp_path / "course")
    build(course)
    inbound = course.root / "exchange" / "rnn" / "inbound"
    inbound.mkdir(parents=True)
    return course, inbound


def ago(minutes, microsecond=0):
    """Return a time as the exchange writes it: the files of these tests are written now."""
    when = datetime.datetime.now(datetime.UTC).replace(tzinfo=None) - datetime.timedelta(minutes=minutes)
    return f"{when.replace(microsecond=microsecond):%Y-%m-%d %H:%M:%S.%f} UTC"


def submit(inbound, student, time, text, secret="s3cret"):
    folder = inbound / f"{student}+{NAME}+{time}+r4nd0m"
    folder.mkdir()
    (folder / f"{NAME}.ipynb").write_text(text)
    (folder / "submission_secret.txt").write_text(secret)
    return folder


def test_the_latest_in_the_exchange_counts_and_is_taken_once(exchange):
    course, inbound = exchange
    time = ago(20, 2)
    submit(inbound, "ada", time.replace("000002", "000001"), "first", "one")
    submit(inbound, "ada", time, "second", "two")
    got = collect_exchange(course, NAME)
    assert list(got.taken) == ["ada"] and len(got.older) == 1 and got.refused == []
    path = course.notebook("submitted", NAME, "ada")
    assert path.read_text() == "second"
    assert path.with_name("submission_secret.txt").read_text() == "two"
    assert f"{handed_in(course, NAME, 'ada').time:%Y-%m-%d %H:%M:%S.%f} UTC" == time
    assert collect_exchange(course, NAME).taken == {}
    submit(inbound, "ada", ago(10), "third", "three")
    assert list(collect_exchange(course, NAME).taken) == ["ada"]
    assert (path.read_text(), path.with_name("submission_secret.txt").read_text()) == ("third", "three")


def test_a_link_in_the_exchange_leads_nowhere(exchange):
    course, inbound = exchange
    time, answers = ago(10), course.notebook("source", NAME)
    folder = submit(inbound, "eve", time, "x")
    (folder / f"{NAME}.ipynb").unlink()
    (folder / f"{NAME}.ipynb").symlink_to(answers)
    (inbound / f"mallory+{NAME}+{time}").symlink_to(answers.parent)
    os.mkfifo(submit(inbound, "pip", time, "x") / "fifo")
    pipe = submit(inbound, "pipe", time, "x") / f"{NAME}.ipynb"
    pipe.unlink()
    os.mkfifo(pipe)
    (inbound / f"..+{NAME}+{time}").mkdir()
    (inbound / f"bo+{NAME}+yesterday night").mkdir()
    (submit(inbound, "none", time, "x") / f"{NAME}.ipynb").unlink()
    got = collect_exchange(course, NAME)
    assert list(got.taken) == ["pip"]
    assert sorted(name.split("+")[0] for name, _ in got.refused) == ["..", "bo", "eve", "mallory", "none", "pipe"]
    assert any(reason == "ch01_rnn.ipynb is not in it" for _, reason in got.refused)
    assert sorted(path.name for path in (course.root / "submitted").iterdir()) == ["pip"]


def test_who_submits_in_anothers_name_is_told(exchange):
    course, inbound = exchange
    submit(inbound, "nobody-we-know", ago(10), "x")
    ((name, why),) = collect_exchange(course, NAME).strange
    assert name.startswith("nobody-we-know+") and "belongs to" in why


def test_what_belongs_to_another_than_the_students_account_is_refused(exchange, monkeypatch):
    course, inbound = exchange
    accounts = {"ada": os.getuid(), "bo": os.getuid() + 1}
    monkeypatch.setattr("autograder.lms.exchange._account", accounts.get)
    submit(inbound, "ada", ago(20), "hers")
    submit(inbound, "bo", ago(10), "not his")
    got = collect_exchange(course, NAME)
    assert list(got.taken) == ["ada"] and got.strange == []
    ((name, why),) = got.refused
    assert name.startswith("bo+") and "belongs to" in why and ", not to " in why


TIMES = {
    "9999-12-31 23:59:59.999999 UTC": "lies in the future",
    "9999-12-31 23:59:59 -1200": "NAME",
    "99999999999999999999-01-01 00:00:00 UTC": "STUDENT+ASSIGNMENT+TIME",
    "0001-01-01 00:00:00 UTC": "long ago",
    "1e400": "STUDENT+ASSIGNMENT+TIME",
    "9" * 100: "STUDENT+ASSIGNMENT+TIME",
}


def test_a_time_that_cannot_be_costs_itself_and_later_work_counts(exchange):
    course, inbound = exchange
    for time in TIMES:
        submit(inbound, "ada", time, "strange")
    os.mkdir(os.fsencode(inbound) + b"/\xff+" + NAME.encode() + b"+2026-03-01 12:00:00 UTC")
    submit(inbound, "ada", ago(20), "hers")
    got = collect_exchange(course, NAME)
    assert list(got.taken) == ["ada"] and course.notebook("submitted", NAME, "ada").read_text() == "hers"
    assert len(got.refused) == len(TIMES) + 1 and all(name.encode() for name, _ in got.refused)
    told = {name.split("+")[2]: why for name, why in got.refused}
    assert all(words in told[time] for time, words in TIMES.items() if words != "NAME")
    stamp = course.notebook("submitted", NAME, "ada").with_name("timestamp.txt")
    stamp.write_text("8999-01-01 00:00:00 UTC")  # taken when nobody looked at the year
    submit(inbound, "ada", ago(10), "later")
    collect_exchange(course, NAME)
    assert course.notebook("submitted", NAME, "ada").read_text() == "later"


def test_who_dates_back_is_taken_at_the_time_of_the_last_change_and_told(exchange):
    course, inbound = exchange
    submit(inbound, "eve", ago(60 * 24 * 9), "late")
    got = collect_exchange(course, NAME)
    time = handed_in(course, NAME, "eve").time
    assert time is not None
    late = datetime.datetime.now(datetime.UTC).replace(tzinfo=None) - time
    assert late < datetime.timedelta(days=1)
    assert any("which counts" in why for _, why in got.strange)
    assert collect_exchange(course, NAME).taken == {}


def test_an_exchange_that_is_not_there_says_what_to_run(tmp_path):
    course = Course(tmp_path / "course")
    build(course)
    with pytest.raises(FileNotFoundError, match="release_assignment"):
        collect_exchange(course, NAME)
    with pytest.raises(ValueError, match="ch99"):
        collect_exchange(course, "ch99")
