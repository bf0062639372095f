"""Tests marked `engines` run twice: with the reference alone, and with the fastest engine that fits the arrays.

In a file that is marked so, `engines("reference")` is for a test that no engine reaches: it would do the same twice.
"""

import math
import sys

import pytest

from rnncore.engines import explain

WORTH = {"reference": math.inf, "compiled": 0}


def pytest_generate_tests(metafunc):
    if marker := metafunc.definition.get_closest_marker("engines"):
        metafunc.parametrize("engine", marker.args or WORTH, indirect=True)


@pytest.fixture(autouse=True)
def engine(request, monkeypatch):
    """Set how much work "auto" thinks worth another engine: none ever, or any. Return the choice, if there is one."""
    choice = getattr(request, "param", None)
    if choice is not None:
        monkeypatch.setattr(sys.modules[explain.__module__], "WORTH", WORTH[choice])
    return choice
