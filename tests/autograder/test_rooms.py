"""The table of rooms: each is there, and the judge needs those that it should."""

import pytest

from autograder import rooms


def test_the_judge_needs_what_runs_inside_and_no_page():
    names = {path.relative_to(rooms.PACKAGE).parts[0] for path in rooms.sources("judge")}
    assert {"inside", "sandbox", "checks", "judge", "notebook.py"} <= names
    assert not names & {"reports", "lms", "batch", "gradebook", "quality"}


@pytest.mark.parametrize("room", rooms.ROOMS)
def test_every_room_is_there(room):
    assert (rooms.PACKAGE / room).is_dir() != (rooms.PACKAGE / f"{room}.py").is_file()
