"""The benchmark of a large class, on a small one: what it promises of a thousand must hold of twelve."""

import random

import pytest

from autograder.course import Course
from autograder.gradebook.gradebook import scores
from autograder.sandbox.bubblewrap import available
from benchmarks.large_class import finish, forget, hand_in, kill_and_resume, records, start, through_dask

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sandbox,
    pytest.mark.skipif(available() is None, reason="bubblewrap is not installed"),
]
STUDENTS = 12


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade a class with a kill in the middle; return (course, what the benchmark says of it)."""
    course = Course(tmp_path_factory.mktemp("large"))
    hand_in(course, STUDENTS)
    return course, kill_and_resume(course, STUDENTS, random.Random(1), {})


def test_a_grader_that_is_killed_leaves_no_process_and_loses_no_grade(graded):
    course, told = graded
    assert told["processes left behind"] == []
    assert (told["grades lost"], told["grades changed"], told["students graded"]) == (0, 0, STUDENTS)
    assert 0 < told["killed after"] < STUDENTS
    found = records(course)
    assert len(found) == STUDENTS and all(entry == entries[0] for entries in found.values() for entry in entries)


def test_a_cluster_that_loses_a_worker_and_cold_sandboxes_give_the_same_records(graded):
    course, _ = graded
    local, marks = {who: entries[0] for who, entries in records(course).items()}, scores(course)
    forget(course)
    assert through_dask(course, STUDENTS, random.Random(2))["students graded"] == STUDENTS
    assert scores(course) == marks
    assert {who: entries[0] for who, entries in records(course).items()} == local
    forget(course)
    finish(start(course, "--cold"), {})
    assert {who: entries[0] for who, entries in records(course).items()} == local
