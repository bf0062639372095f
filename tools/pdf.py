"""Print the whole book as one PDF, from the same source: `make pdf`. Chromium prints Sphinx's single page.

Formulas are set by MathJax, figures are their static pictures, headings become bookmarks. Before it prints, it looks:
a formula that is not set, or a line that runs out of its page, stops it and is named.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "_build" / "singlehtml" / "index.html"
PDF = ROOT / "_build" / "rnn-course.pdf"
FOOTER = '<div style="font-size: 8px; width: 100%; text-align: center"><span class="pageNumber"></span></div>'
PRINTED_WIDTH = 673
"""Pixels between the margins of an A4 page."""
LOOK = """() => {
    const faults = [...document.querySelectorAll("mjx-merror")].map(m => "a formula with an error: " + m.textContent);
    for (const m of document.querySelectorAll(".math"))
        if (!m.querySelector("mjx-container")) faults.push("a formula that is not set: " + m.textContent.slice(0, 80));
    for (const box of document.querySelectorAll("pre, table, figure, mjx-container[display=true]"))
        if (box.getBoundingClientRect().right > innerWidth + 1 || box.scrollWidth > box.clientWidth + 1)
            faults.push("too wide: " + box.tagName + " " + box.textContent.trim().slice(0, 80));
    return faults;
}"""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

__all__ = ["chromium", "main", "print_page"]


def chromium() -> str | None:
    """Return the path of the system's Chromium, or None where there is none."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def print_page(page: Path, pdf: Path, browser: str) -> list[str]:
    """Open the page, wait for its formulas, print it with bookmarks and page numbers. Return what is wrong with it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        tab = opened.new_page(color_scheme="light")
        tab.goto(page.as_uri(), timeout=300_000)
        tab.wait_for_function("window.MathJax?.startup?.promise !== undefined", timeout=120_000)
        tab.evaluate("MathJax.startup.promise.then(() => true)")
        tab.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true; })")
        tab.emulate_media(media="print")
        tab.set_viewport_size({"width": PRINTED_WIDTH, "height": 1000})
        faults = tab.evaluate(LOOK)
        tab.pdf(
            path=str(pdf),
            format="A4",
            outline=True,
            tagged=True,
            print_background=True,
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=FOOTER,
            margin={"top": "18mm", "bottom": "18mm", "left": "16mm", "right": "16mm"},
        )
        opened.close()
    return faults


def main() -> int:
    """Build the single page and print it. Say what is missing where there is no Chromium."""
    browser = chromium()
    if browser is None:
        print("The PDF needs Chromium (Debian: sudo apt install chromium). The pages need no PDF to be read.")
        return 1
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", "book", "--config", "_config.yml"]
    done = subprocess.run([*command, "--path-output", ".", "--builder", "singlehtml"], cwd=ROOT)
    if done.returncode:
        return done.returncode
    faults = print_page(PAGE, PDF, browser)
    print(f"{PDF.relative_to(ROOT)}: {PDF.stat().st_size / 1e6:.1f} MB")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
