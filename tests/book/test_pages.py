"""The pages as a reader gets them: nothing from another host, formulas set, charts drawn, no sideways scrolling,
and nothing that axe-core holds against them at the levels A and AA of WCAG 2.2.
"""

from __future__ import annotations

from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from benchmarks.pages import serve, visit

SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1300, "height": 900}}
AXE = """([context, options]) => axe.run(context ?? document, {...options, resultTypes: ["violations"], preload: false})
    .then(result => result.violations.map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160))]))"""
RULES = {
    "light": {
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
        "rules": {"color-contrast": {"enabled": False}},
    },
    "dark": {"runOnly": {"type": "rule", "values": ["link-in-text-block"]}},
}
"""In the dark a page has other colours and the same words."""
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
MARK = """() => {
    const seen = new Set();
    document.querySelectorAll("[data-looked]").forEach(e => e.removeAttribute("data-looked"));
    for (const e of document.querySelectorAll("body *")) {
        if (![...e.childNodes].some(n => n.nodeType == 3 && n.data.trim()) || !e.checkVisibility()) continue;
        const {color, fontSize, fontWeight} = getComputedStyle(e), key = [color, fontSize, fontWeight];
        for (let p = e; p; p = p.parentElement) {
            const {backgroundColor, backgroundImage, opacity} = getComputedStyle(p);
            if (backgroundColor != "rgba(0, 0, 0, 0)" || backgroundImage != "none" || opacity != "1")
                key.push(backgroundColor, backgroundImage, opacity);
        }
        if (!seen.has(key.join()) && seen.add(key.join())) e.setAttribute("data-looked", "");
    }
}"""
"""Contrast is the slowest rule by far, and it says the same of all words of one colour, size and weight on one ground:
it is asked of the first of each kind.
"""


LOOK = """() => ({
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    unset: [...document.querySelectorAll('.math')].filter(m => !m.querySelector('mjx-container')).length,
    faulty: document.querySelectorAll('mjx-merror').length,
    empty: document.querySelectorAll('figure.chart:not(:has(svg text))').length,
    theme: document.documentElement.dataset.theme,
})"""


PATIENCE = 300_000
"""Milliseconds to wait for what has to come, however busy the machine."""


class References(HTMLParser):
    """What a page loads, what it links to, and the names it offers."""

    LOADED = {("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("object", "data")}  # noqa: RUF012

    def __init__(self, text: str):
        super().__init__()
        self.loaded, self.linked, self.names = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = {key: value or "" for key, value in attrs}
        if "id" in given:
            self.names.add(given["id"])
        self.loaded += [given[key] for name, key in self.LOADED if name == tag and key in given]
        if tag == "link" and given.get("rel") not in ("canonical", "next", "prev", "index", "search"):
            self.loaded.append(given.get("href", ""))
        if tag == "a" and "href" in given:
            self.linked.append(given["href"])


def pages(book: Path) -> list[Path]:
    """Return the pages that a reader is led to, not Sphinx's own."""
    found = [p for p in sorted(book.rglob("*.html")) if "_static" not in p.parts and "_sources" not in p.parts]
    assert len(found) > 10
    return found


def test_a_page_loads_nothing_from_another_host(book):
    outside = {
        (page.name, address)
        for page in pages(book)
        for address in References(page.read_text()).loaded
        if urlsplit(address).scheme in ("http", "https") or address.startswith("//")
    }
    assert outside == set()


def test_what_a_page_loads_and_links_to_is_there(book):
    parsed = {page.resolve(): References(page.read_text()) for page in pages(book)}
    missing = set()
    for page, references in parsed.items():
        for address in references.loaded + references.linked:
            parts = urlsplit(address)
            if parts.scheme or address.startswith("//") or address in ("", "#"):
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            known = parsed.get(target)
            if not target.exists() or (parts.fragment and known and unquote(parts.fragment) not in known.names):
                missing.add((page.name, address))
    assert missing == set()


def watch(page) -> list[str]:
    """Collect whatever the page complains about, or asks another host for, from now on."""
    seen: list[str] = []
    page.on("console", lambda message: seen.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else seen.append(r.url))
    page.route(lambda url: not url.startswith(("file:", "data:", "blob:")), lambda route: route.abort())
    return seen


def at_rest(page, scheme, good):
    """Return what LOOK and axe-core say; ask again while something is wrong, since the theme lays out a page of another
    width, and makes what scrolls focusable, in more than one stroke.
    """
    for _ in range(20):
        found = page.evaluate(LOOK)
        page.evaluate(MARK)
        barriers = page.evaluate(AXE, [None, RULES[scheme]])
        barriers += page.evaluate(AXE, [{"include": [["[data-looked]"]]}, CONTRAST])
        if (found, barriers) == (good, []):
            break
        page.wait_for_timeout(500)
    return found, barriers


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_reads_well_from_the_disk_on_a_phone_and_on_a_desk(book, browser, scheme):
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text()
    page = browser.new_page(color_scheme=scheme, reduced_motion="reduce")
    page.set_default_timeout(PATIENCE)
    complaints = watch(page)
    faults = {}
    for path in pages(book):
        complaints.clear()
        page.set_viewport_size(SIZES["phone"])
        page.goto(path.as_uri())
        page.wait_for_function("document.readyState == 'complete'")
        if page.query_selector(".math"):
            page.wait_for_function("window.MathJax?.startup?.promise !== undefined")
            page.evaluate("MathJax.startup.promise.then(() => true)")
        if page.query_selector("script.chart-spec"):
            page.wait_for_function(
                "() => [...document.querySelectorAll('.chart:has(.chart-spec)')]"
                ".every(f => f.querySelector('.chart-play svg'))"
            )
        page.evaluate(axe)
        for size, viewport in SIZES.items():
            page.set_viewport_size(viewport)
            good = {"wide": 0, "unset": 0, "faulty": 0, "empty": 0, "theme": scheme}
            seen = at_rest(page, scheme, good)
            if seen != (good, []) or complaints:
                faults[f"{path.relative_to(book)}, {size}"] = (*seen, list(complaints))
    page.close()
    assert faults == {}


@pytest.mark.browser
def test_a_slider_plays_by_keyboard(book, browser):
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto((book / "ch01_rnn" / "forward.html").as_uri())
    slider = page.wait_for_selector("#chart-unroll input[type=range]")
    before = page.inner_html("#chart-unroll .chart-play svg")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "before => document.querySelector('#chart-unroll .chart-play svg').innerHTML != before",
        arg=before,
    )
    page.close()


@pytest.mark.browser
def test_the_music_plays_by_keyboard_without_a_network(book, browser):
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    complaints = watch(page)
    page.goto((book / "ch08_conditional" / "scenes.html").as_uri())
    players = page.query_selector_all("audio[controls]")
    assert len(players) >= 2
    for player in players[:2]:
        assert player.evaluate("audio => audio.duration") > 1
        player.focus()
        page.keyboard.press("Space")
        page.wait_for_function("audio => !audio.paused && audio.currentTime > 0.2", arg=player)
        page.keyboard.press("Space")
        page.wait_for_function("audio => audio.paused", arg=player)
    assert complaints == []
    page.close()


@pytest.mark.browser
def test_the_heaviest_pages_with_all_they_load_are_light(book, browser):
    server, heavy = serve(book), {}
    playable = [path for path in pages(book) if 'class="chart-spec"' in path.read_text()]  # these load Vega, too
    for path in sorted(playable, key=lambda path: path.stat().st_size)[-12:]:
        name = str(path.relative_to(book))
        kilobytes = visit(browser, f"http://127.0.0.1:{server.server_port}/{name}")["kB"]
        if kilobytes > 1500:
            heavy[name] = kilobytes
    server.shutdown()
    assert heavy == {}
