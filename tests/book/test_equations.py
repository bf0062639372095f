"""Messages name equations as the book numbers them, and their addresses lead there."""

from __future__ import annotations

import json
import re
from html import unescape

from autograder.checks import book as places
from autograder.checks.exercises import exercises, load_cases
from tools.equations import FILE
from tools.equations import places as found

NUMBER = re.compile(r'class="eqno">\(([\d.]+)\)<a class="headerlink" href="#equation-([^"]+)"')


def test_the_stored_places_are_those_of_the_pages():
    assert json.loads(FILE.read_text(encoding="utf-8")) == found(), "run python -m tools.equations"


def test_every_exercise_and_every_notebook_names_equations_that_the_book_has():
    assert [name for name in exercises() if load_cases(name).EQUATION not in found()] == []
    assert places.reread('"One step", equation rnn-step.') == "equation (1.1) in “One step”."
    two = places.reread('*Reread: "The LSTM cell", equations lstm-gates and lstm-state.*')
    assert re.fullmatch(r"\*Reread: equations \(4\.\d+\) and \(4\.\d+\) in “.+”\.\*", two)
    assert places.reread('"No page", equation no-such.') == '"No page", equation no-such.'


def test_the_numbers_and_addresses_are_those_of_the_built_book(book):
    shown = {}
    for page in book.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        title = re.search(r"<title>(.*?)</title>", text)
        for number, label in re.findall(
            r'class="eqno">\(([\d.]+)\)<a class="headerlink" href="#equation-([^"]+)"', text
        ):
            shown[label] = (number, f"{page.relative_to(book).as_posix()}#equation-{label}")
            assert title and found()[label]["title"].replace("$", "") in unescape(title[1])
    assert shown == {label: (place["number"], place["address"]) for label, place in found().items()}
