"""Figures that move: every one is driven by keyboard in a real browser, and says its values in words."""

from __future__ import annotations

import functools
import re
import sys
from pathlib import Path

import pytest

BOOK = Path(__file__).resolve().parents[2] / "book"
sys.path.insert(0, str(BOOK / "_ext"))  # where Sphinx finds the book's extensions

from chart import load_chart  # noqa: E402  # pyright: ignore[reportMissingImports]

NAMES = sorted(path.stem for path in (BOOK / "figures").glob("[!_]*.py"))
TOLD = [name for name in NAMES if "usermeta" in (BOOK / "figures" / f"{name}.py").read_text()]
PLAYED = [name for name in TOLD if '"play"' in (BOOK / "figures" / f"{name}.py").read_text()]


@functools.cache
def described(name: str) -> dict:
    """Return the chart's description."""
    return load_chart(BOOK / "figures" / f"{name}.py")


def ranges(chart: dict) -> dict[str, tuple[float, float, float]]:
    """Return lowest, highest and step of each slider."""
    binds = {param["name"]: param["bind"] for param in chart["params"] if "bind" in param}
    return {name: (bind["min"], bind["max"], bind["step"]) for name, bind in binds.items() if bind["input"] == "range"}


def page_of(name: str) -> str:
    """Return the page that shows a figure."""
    pattern = re.compile(rf"^```\{{chart\}} {name}$", re.MULTILINE)
    return next(
        p.relative_to(BOOK).with_suffix(".html").as_posix() for p in BOOK.rglob("*.md") if pattern.search(p.read_text())
    )


@pytest.mark.parametrize("name", TOLD)
def test_a_figure_has_a_word_for_every_value_of_a_slider(name):
    chart = described(name)
    for param, words in chart["usermeta"].get("said", {}).items():
        low, high, step = ranges(chart)[param]
        assert len(words) == round((high - low) / step) + 1
        assert all(words)
    if "play" in chart["usermeta"]:
        assert chart["usermeta"]["play"]["param"] in ranges(chart)


@pytest.mark.parametrize("name", NAMES)
def test_no_slider_counts_in_silence(name):
    """A slider whose values are places in a list says the list's own words."""
    chart = described(name)
    source = (BOOK / "figures" / f"{name}.py").read_text()
    counting = set(re.findall(r"""name="(\w+)",\s*value=\w+,\s*bind=alt\.binding_range\(min=0, max=len\(""", source))
    assert counting <= set(chart.get("usermeta", {}).get("said", {}))


@pytest.mark.parametrize("name", PLAYED)
def test_a_moving_figure_is_played_and_stepped_by_keyboard(book, browser, name):
    meta = described(name)["usermeta"]
    param = meta["play"]["param"]
    low, high, step = ranges(described(name))[param]
    page = browser.new_page(reduced_motion="reduce")
    page.goto((book / page_of(name)).as_uri())
    figure = page.locator(f"#chart-{name}")
    slider = figure.locator(f"input[name={param}]")
    slider.wait_for()
    value = lambda: float(slider.input_value())  # noqa: E731
    play, back, on = (figure.locator(".chart-player button").nth(k) for k in range(3))
    play.wait_for()
    if meta["play"].get("begin"):
        assert value() == low, "nobody who asks for less motion sees any unasked"
    back.focus()
    for _ in range(round((value() - low) / step)):
        page.keyboard.press("Enter")
    assert value() == pytest.approx(low)
    drawn = figure.locator(".chart-play svg").inner_html()
    on.focus()
    page.keyboard.press("Enter")
    assert value() == pytest.approx(low + step)
    page.wait_for_function(
        "([f, old]) => f.querySelector('.chart-play svg').innerHTML !== old", arg=[figure.element_handle(), drawn]
    )
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert value() == pytest.approx(low + 2 * step)
    for told, words in meta.get("said", {}).items():
        input_ = figure.locator(f"input[name={told}]")
        lowest, _, by = ranges(described(name))[told]
        word = words[round((float(input_.input_value()) - lowest) / by)]
        page.wait_for_function(
            "([i, word]) => i.getAttribute('aria-valuetext') === word", arg=[input_.element_handle(), word]
        )
        assert word in figure.inner_text()
    play.focus()
    page.keyboard.press("Enter")
    assert "Pause" in play.inner_text()
    page.wait_for_function(
        "([i, low]) => Number(i.value) > low", arg=[slider.element_handle(), low + 2 * step + step / 2], timeout=60_000
    )
    page.keyboard.press("Enter")
    assert "Play" in play.inner_text()
    page.close()
