"""The small pictures of the first page and the README: a page, the message of a check, and the class report; and the
card that is shown where somebody shares a link to the book.

    python -m tools.screens

takes them from what `make course` made, in light and dark, into book/_static/screens/. The card needs nothing built.
"""

from __future__ import annotations

import html
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from autograder.checks import run_check
from autograder.checks.solutions import solution_functions
from tools.pdf import chromium

__all__ = ["main"]

ROOT = Path(__file__).resolve().parents[1]
SCREENS = ROOT / "book" / "_static" / "screens"
WIDE, HIGH = 960, 600
MESSAGE = """<style>
body {{ font: 17px/1.55 ui-monospace, monospace; margin: 0; padding: 28px 32px; white-space: pre-wrap; }}
body {{ background: {back}; color: {ink}; }}
b {{ color: {red}; }}
i {{ color: {blue}; font-style: normal; }}
</style>{text}"""
CARD = SCREENS.parent / "social-card.png"
CARD_WIDE, CARD_HIGH = 1200, 630
"""What Open Graph's readers expect."""
SENTENCE = ("the", "dogs", "near", "the", "cat", "run")
SHARED = """<style>
body { margin: 0; width: 1200px; height: 630px; background: #14223a; color: #fff; font-family: Georgia, serif; }
h1 { font-size: 76px; font-weight: 600; margin: 0; padding: 66px 72px 0; letter-spacing: -1px; }
p { font: 34px sans-serif; margin: 18px 0 0; padding: 0 72px; color: #b9cbe8; }
svg { position: absolute; left: 0; bottom: 34px; }
</style><h1>Recurrent neural networks</h1><p>Derived index by index, built by your own hands.</p>"""
COLOURS = {
    "light": {"back": "#fff", "ink": "#222832", "red": "#b3261e", "blue": "#2b62b3"},
    "dark": {"back": "#14181e", "ink": "#ced6dd", "red": "#ff8a80", "blue": "#7fb0f5"},
}


def message() -> str:
    """Return what the check says of a backward pass with three mistakes, as HTML."""
    forward, backward = solution_functions("rnn_step_backward").values()

    def wrong(dh_next, cache):
        dx, dh, dV, dW, db = backward(dh_next, cache)
        return dx, -dh, dV, dW.T, db / len(dh_next)

    said = html.escape(run_check("rnn_step_backward", (forward, wrong)).message, quote=False)
    first, _, rest = said.partition(". ")
    return f'<i>check("rnn_step_backward", rnn_step, rnn_step_backward)</i>\n\n<b>{first}.</b> {rest}'


def card() -> str:
    """Return the card of a shared link as HTML: a network that is unrolled over a sentence."""
    drawn = []
    for k, word in enumerate(SENTENCE):
        x, last = 132 + 187 * k, k == len(SENTENCE) - 1
        drawn.append(f'<path d="M{x} 212V138" stroke="#7f95b8" stroke-width="5"/>')
        drawn.append(f'<circle cx="{x}" cy="90" r="44" fill="#7fb0f5" opacity="{1 if last else 0.4 + 0.1 * k}"/>')
        drawn.append(f'<text x="{x}" y="262" fill="#fff" font-size="38" text-anchor="middle">{word}</text>')
        if not last:
            drawn.append(
                f'<path d="M{x + 50} 90h78m-18-14l18 14l-18 14" fill="none" stroke="#7fb0f5" stroke-width="5"/>'
            )
    svg = f'<svg width="{CARD_WIDE}" height="290" font-family="sans-serif">{"".join(drawn)}</svg>'
    return SHARED + svg


def take_card(browser: Browser) -> None:
    """Write the card of a shared link."""
    page = browser.new_page(viewport={"width": CARD_WIDE, "height": CARD_HIGH})
    page.set_content(card())
    page.screenshot(path=CARD)
    page.close()


def take(page: Page, name: str, scheme: str) -> None:
    """Write what the page shows now."""
    page.screenshot(path=SCREENS / f"{name}-{scheme}.jpg", type="jpeg", quality=78)


def main() -> int:
    """Take all of them. Return 1 where Chromium is not there, or, once the card is made, the book or the report."""
    pages = {
        "page": (ROOT / "_build" / "html" / "ch04_lstm" / "cell.html", "#the-picture, #chart-lstm_flow"),
        "report": (ROOT / "course" / "report" / "index.html", ""),
    }
    browser = chromium()
    if browser is None:
        print("The pictures need Chromium (Debian: sudo apt install chromium).")
        return 1
    SCREENS.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        take_card(opened)
        for path, _ in pages.values():
            if not path.is_file():
                print(f"{path.relative_to(ROOT)} is not there: run make course first.")
                return 1
        for scheme, colours in COLOURS.items():
            page = opened.new_page(viewport={"width": WIDE, "height": HIGH}, color_scheme=scheme)  # pyright: ignore
            for name, (path, place) in pages.items():
                page.goto(path.as_uri())
                page.wait_for_timeout(2500)
                if place:
                    page.locator(place).first.scroll_into_view_if_needed()
                    page.wait_for_timeout(500)
                take(page, name, scheme)
            page.set_content(MESSAGE.format(text=message(), **colours))
            take(page, "check", scheme)
        opened.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
