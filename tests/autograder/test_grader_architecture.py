"""The table of rooms: each is there, and the judge needs those that it should."""

import pytest

from autograder import architecture


def test_the_judge_needs_what_runs_inside_and_no_page():
    names = {path.relative_to(architecture.PACKAGE).parts[0] for path in architecture.sources("judge")}
    assert {"inside", "sandbox", "checks", "judge", "notebook.py"} <= names
    assert not names & {"reports", "lms", "batch", "gradebook", "quality"}


@pytest.mark.parametrize("room", architecture.ROOMS)
def test_every_room_is_there(room):
    assert (architecture.PACKAGE / room).is_dir() != (architecture.PACKAGE / f"{room}.py").is_file()
