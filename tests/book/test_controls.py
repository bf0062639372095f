"""Every control of a page does what its name says: on a phone, on a tablet, and on a desk, in Chromium."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120, func_only=True)]

PAGE = "ch01_rnn/forward.html"
SIZES = {"phone": (390, 844), "tablet": (768, 1024), "desk": (1300, 900)}
FOLDED, UNCOVERED = 992, 1200
"""Narrower than these, the theme puts the table of contents, and the contents of the page, behind buttons."""
CONTENTS, ON_PAGE = "nav.bd-links", "#pst-page-toc-nav, nav.page-toc"
IN_SIGHT = """known => [...document.querySelectorAll("a[href], button, summary, input, select, [role]")]
    .filter(e => !e.role || ["button", "link", "menuitem", "tab", "switch", "checkbox"].includes(e.role))
    .filter(e => e.checkVisibility({visibilityProperty: true, opacityProperty: true}))
    .filter(e => !e.matches(".bd-article a") && !known.some(selector => e.matches(selector)))
    .map(e => e.outerHTML.slice(0, 200))"""


@pytest.fixture(params=SIZES)
def page(book, browser, request):
    """Open the page at one size. Whatever its scripts raise fails the test."""
    width, height = SIZES[request.param]
    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page.set_default_timeout(10_000)
    page.route("**/mathjax/**", lambda route: route.abort())  # no control needs the formulas, and they take a while
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((book / PAGE).as_uri())
    yield page
    page.close()
    assert set(errors) <= {"Failed to fetch"}  # what a search finds has no excerpts when it is read from the disk


def width(page: Page) -> int:
    assert page.viewport_size
    return page.viewport_size["width"]


def box_of(place: Locator) -> FloatRect:
    """Return where it stands on the page, which it must."""
    box = place.bounding_box()
    assert box
    return box


def seen(page: Page, selector: str) -> Locator:
    """Return what is in sight; the theme has some controls twice, one for narrow screens and one for wide ones."""
    return page.locator(selector).locator("visible=true")


def open_contents(page: Page) -> None:
    if width(page) < FOLDED:
        page.click(".primary-toggle")
    expect(seen(page, CONTENTS)).to_have_count(1)


def open_page_contents(page: Page) -> None:
    if width(page) < UNCOVERED:
        page.click(".secondary-toggle")
    expect(seen(page, ON_PAGE)).to_have_count(1)


def opens_and_closes(page: Page, button: str, panel: str, outside: int) -> None:
    """Open a panel, and close it in each way that a reader may try."""
    escape = lambda: page.keyboard.press("Escape")  # noqa: E731
    words = seen(page, "dialog p, dialog .page-toc")

    def touch_words_then_escape():
        words.first.click(position={"x": 2, "y": 2})
        escape()

    for close in (escape, touch_words_then_escape, lambda: page.mouse.click(outside, 700)):
        expect(seen(page, panel)).to_have_count(0)
        page.click(button)
        expect(seen(page, panel)).to_have_count(1)
        assert seen(page, f"{panel} a").count() > 4
        close()
    expect(seen(page, panel)).to_have_count(0)


def contents(page: Page, button: str) -> None:
    if width(page) < FOLDED:
        return opens_and_closes(page, button, CONTENTS, outside=width(page) - 10)
    room = lambda: box_of(page.locator("#main-content"))["width"]  # noqa: E731
    beside = room()
    expect(seen(page, CONTENTS)).to_have_count(1)
    page.click(button)
    expect(seen(page, CONTENTS)).to_have_count(0)
    page.wait_for_function("before => document.querySelector('#main-content').clientWidth > before + 100", arg=beside)
    page.click(button)
    expect(seen(page, CONTENTS)).to_have_count(1)
    page.wait_for_function("before => document.querySelector('#main-content').clientWidth < before + 1", arg=beside)


def page_contents(page: Page, button: str) -> None:
    if width(page) < UNCOVERED:
        return opens_and_closes(page, button, ON_PAGE, outside=10)
    expect(seen(page, button)).to_have_count(0)
    expect(seen(page, ON_PAGE)).to_have_count(1)


def leads_to_another_page(page: Page, link: str) -> None:
    open_contents(page)
    seen(page, link).filter(has_text="Notation").click()
    page.wait_for_url("**/notation.html")
    expect(seen(page, "h1")).to_contain_text("Notation")


def unfolds_a_chapter(page: Page, arrow: str) -> None:
    open_contents(page)
    chapter = page.locator("li:has(> details)", has_text="The LSTM")
    inside = chapter.locator("details a").first
    for look in (expect(inside).to_be_hidden, expect(inside).to_be_visible, expect(inside).to_be_hidden):
        look()
        chapter.locator(".toctree-toggle").click()  # the summary itself has no height, its arrow has
    inside.click()
    page.wait_for_url("**/ch04_lstm/**")


def leads_home(page: Page, logo: str) -> None:
    open_contents(page)
    seen(page, logo).click()
    page.wait_for_url("**/intro.html")


def leads_to_a_section(page: Page, link: str) -> None:
    open_page_contents(page)
    seen(page, link).filter(has_text="Exercises").click()
    page.wait_for_function("location.hash == '#exercises'")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("#exercises h2")).to_be_in_viewport()


def skips_to_the_text(page: Page, link: str) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(link)).to_be_focused()
    expect(page.locator(link)).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash == '#main-content'")


def searches(page: Page, button: str) -> None:
    field = page.locator("#pst-search-dialog input")
    seen(page, button).click()
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    seen(page, button).click()
    sign = box_of(page.locator("#pst-search-dialog .fa-magnifying-glass"))
    assert sign["x"] + sign["width"] <= box_of(field)["x"]  # the sign does not lie on the words
    field.fill("truncation")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=truncation")
    page.locator("#search-results a", has_text="Truncation").first.click()
    page.wait_for_url("**/truncation.html**")


def switches_colours(page: Page, button: str) -> None:
    look = "() => [document.documentElement.dataset.theme, getComputedStyle(document.body).backgroundColor].join(' ')"
    looks = set()
    for _ in range(3):
        seen(page, button).click()
        looks.add(page.evaluate(look))
    assert len(looks) == 2 and {look.split()[0] for look in looks} == {"light", "dark"}


def fills_the_screen(page: Page, button: str) -> None:
    for filled in ("true", "false"):
        page.click(button)
        page.wait_for_function(f"!!document.fullscreenElement == {filled}")


def offers_downloads(page: Page, button: str) -> None:
    items = seen(page, ".dropdown-item")
    expect(items).to_have_count(0)
    page.click(button)
    expect(items).to_have_count(2)
    page.mouse.click(width(page) // 2, 700)
    expect(items).to_have_count(0)


def downloads(page: Page, item: str) -> None:
    page.evaluate("window.print = () => { window.printed = true; }")
    page.click("[aria-label='Download this page']")
    source = page.locator("a.dropdown-item").evaluate("link => link.href")
    assert Path(unquote(urlsplit(source).path)).read_text(encoding="utf-8").startswith("---\njupytext")
    page.click("button.dropdown-item")
    assert page.evaluate("window.printed")


def leads_beside(page: Page, link: str) -> None:
    page.click(link)
    page.wait_for_url("**/padding.html" if "next" in link else "**/step.html")


def goes_up(page: Page, button: str) -> None:
    if width(page) >= UNCOVERED:
        return expect(seen(page, button)).to_have_count(0)  # there the theme has none
    page.mouse.move(width(page) // 2, 400)
    for pixels in (2000, -300):  # the button shows itself when the reader turns back
        before = page.evaluate("scrollY")
        page.mouse.wheel(0, pixels)
        page.wait_for_function(f"Math.abs(scrollY - {before + pixels}) < 5")
    page.click(button)
    page.wait_for_function("scrollY == 0")


def plays(page: Page, slider: str) -> None:
    figure = page.locator("#chart-unroll")
    handle, picture = figure.locator("input[type=range]").first, figure.locator(".chart-play svg")
    before = picture.inner_html()
    handle.scroll_into_view_if_needed()
    box = box_of(handle)
    page.mouse.click(box["x"] + 3, box["y"] + box["height"] / 2)
    expect(picture).not_to_have_js_property("innerHTML", before)


def moves(page: Page, buttons: str) -> None:
    figure = page.locator("#chart-unroll")
    handle, picture = figure.locator("input[type=range]").first, figure.locator(".chart-play svg")
    play, back, on = figure.locator(".chart-player button").all()
    for button, change in ((on, 1), (back, -1)):
        value, before = int(handle.input_value()), picture.inner_html()
        button.click()
        expect(handle).to_have_value(str(value + change))
        expect(picture).not_to_have_js_property("innerHTML", before)
    play.click()
    expect(play).to_contain_text("Pause")
    play.click()
    expect(play).to_contain_text("Play")


def shows_an_answer(page: Page, box: str) -> None:
    for summary in page.locator(box).all():
        body = summary.locator("xpath=..").locator(".sd-card-body, .sd-summary-content")
        expect(body.first).to_be_hidden()
        summary.click()
        expect(body.first).to_be_visible()


def copies(page: Page, button: str) -> None:
    page.locator("div.highlight", has=page.locator(button)).first.hover()
    page.locator(button).first.click()
    expect(page.locator(button).first).to_have_class(re.compile("success"))


CONTROLS = {
    ".primary-toggle": contents,
    "nav.bd-links a": leads_to_another_page,
    "nav.bd-links summary": unfolds_a_chapter,
    ".navbar-brand": leads_home,
    ".secondary-toggle": page_contents,
    ".page-toc a": leads_to_a_section,
    "#pst-skip-link a": skips_to_the_text,
    ".search-button__button": searches,
    ".theme-switch-button": switches_colours,
    ".btn-fullscreen-button": fills_the_screen,
    "[aria-label='Download this page']": offers_downloads,
    ".dropdown-item": downloads,
    ".left-prev": leads_beside,
    ".right-next": leads_beside,
    "#pst-back-to-top": goes_up,
    "figure.chart input": plays,
    ".chart-player button": moves,
    "summary.sd-summary-title": shows_an_answer,
    "button.copybtn": copies,
}
"""Each control of a page, and what it is for."""


@pytest.mark.parametrize("control", CONTROLS)
def test_a_control_does_what_its_name_says(page, control):
    CONTROLS[control](page, control)


def test_no_control_is_in_sight_that_is_not_tried(page):
    known = [*CONTROLS, "#pst-search-dialog input"]
    assert page.evaluate(IN_SIGHT, known) == []
    assert len(page.evaluate(IN_SIGHT, [])) > 8
    for opening in (open_contents, open_page_contents, lambda page: seen(page, ".search-button__button").click()):
        opening(page)
        assert page.evaluate(IN_SIGHT, known) == []
        page.keyboard.press("Escape")


@pytest.mark.parametrize("name", ["intro", "search", "genindex", "api", "ch04_lstm/index"])
def test_the_contents_open_on_each_kind_of_page(book, page, name):
    page.goto((book / f"{name}.html").as_uri())
    contents(page, ".primary-toggle")
    leads_to_another_page(page, "nav.bd-links a")
