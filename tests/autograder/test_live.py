"""The live curve: one picture that is updated, seldom, and a stub that tells nobody anything."""

import importlib.util
import math
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from autograder import live

STUB = Path(live.__file__).parent / "inside" / "stub" / "autograder.py"


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(live.time, "monotonic", lambda: now[0])
    return now


def test_a_notebook_gets_one_picture_that_is_updated_a_few_times_a_second(monkeypatch, clock):
    shown = []
    monkeypatch.setattr(live, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda html, **how: shown.append((html.data, how)))
    curve = live.Curve(floor=0.5)
    for step in range(100):
        clock[0] += 0.01
        curve(step, 1.0)
    curve.draw()
    assert [how["update"] for _, how in shown] == [False, True, True, True]
    assert len({how["display_id"] for _, how in shown}) == 1
    assert "1.000 bits at step 99" in shown[-1][0]


def test_a_terminal_gets_a_line_now_and_then(capsys, clock):
    curve = live.Curve(floor=0.5)
    for step in range(100):
        clock[0] += 0.0625
        curve(step, 1.0)
    assert capsys.readouterr().out.splitlines() == [f"step {k}: 1.000 bits (floor 0.500)" for k in (0, 32, 64, 96)]


def test_a_picture_is_sound_whatever_the_losses_are():
    for points in [[], [(0, 0.0)], [(1, math.nan), (2, math.inf)], [(k, 1e9 / (k + 1)) for k in range(5000)]]:
        curve = live.Curve(floor=0.5, title='a < b & "c"')
        curve.points = points
        root = ET.fromstring(curve.svg())
        assert root.tag == "svg" and 'a < b & "c"' in root.attrib["aria-label"]
        assert "nan" not in curve.svg() and "inf" not in curve.svg()


def test_the_stub_has_all_that_a_notebook_calls_and_says_nothing(capsys):
    spec = importlib.util.spec_from_file_location("stub", STUB)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    curve = module.Curve(floor=0.5, title="t")
    assert curve(1, 2.0) is None and curve.draw() is None
    assert vars(curve) == {} and capsys.readouterr().out == ""
    assert set(module.__all__) == set(__import__("autograder").__all__)
