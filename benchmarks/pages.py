"""How heavy is a page, and how soon can it be read? Every page of the built book, from a server on this machine.

    python -m benchmarks.pages [--html _build/html] [--rounds 5] [--json FILE]

The server compresses text, as every host of static pages does. Weight: all bytes that came over the network, with a
cold cache. Painted: first contentful paint, when the first words stand there. Readable: the largest contentful
paint, when the body of the page does. Formulas: when MathJax has set them all. Medians of the rounds, Chromium.
"""

from __future__ import annotations

import argparse
import gzip
import http.server
import json
import os
import statistics
import threading
import time
from functools import lru_cache, partial
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks import measure

__all__ = ["Visit", "main", "serve", "visit"]

TEXT = {".html", ".css", ".js", ".json", ".svg", ".txt", ".ipynb", ".inv"}
PAINTS = """() => new Promise(done => {
    let largest = 0;
    new PerformanceObserver(list => { for (const e of list.getEntries()) largest = e.startTime; })
        .observe({type: "largest-contentful-paint", buffered: true});
    const formulas = window.MathJax?.startup?.promise ?? Promise.resolve();
    formulas.then(() => {
        const [entry] = performance.getEntriesByName("first-contentful-paint"), set = performance.now();
        setTimeout(() => done([entry?.startTime ?? 0, largest, set]), 100);
    });
})"""

Visit = dict[str, float]
"""Kilobytes, and milliseconds from the request on: "kB", "painted", "readable", "formulas"."""


@lru_cache(maxsize=2048)
def _packed(path: str, changed: float) -> bytes:
    return gzip.compress(Path(path).read_bytes(), 6, mtime=0)


class Handler(http.server.SimpleHTTPRequestHandler):
    """Static files, text compressed."""

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.suffix not in TEXT or not path.is_file():
            return super().do_GET()
        body = _packed(str(path), path.stat().st_mtime)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None


def serve(folder: Path) -> http.server.ThreadingHTTPServer:
    """Start a server of this folder on a free port of this machine, in a thread. Call its `shutdown` at the end."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def visit(browser: Browser, address: str) -> Visit:
    """Open one page with an empty cache."""
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    page = context.new_page()
    session, received = context.new_cdp_session(page), []
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(address, wait_until="load")
    page.wait_for_function("!document.querySelector('.math') || window.MathJax?.startup?.promise !== undefined")
    painted, readable, formulas = page.evaluate(PAINTS)
    page.wait_for_timeout(500)  # fonts that the formulas asked for
    context.close()
    return {"kB": sum(received) / 1000, "painted": painted, "readable": readable, "formulas": formulas}


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--html", type=Path, default=Path("_build/html"), help="the built pages (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="visits of each page (%(default)s)")
    parser.add_argument("--only", default="", help="pages whose path holds this")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    pages = [p.relative_to(options.html) for p in sorted(options.html.rglob("*.html"))]
    pages = [p for p in pages if p.parts[0] not in ("_static", "_sources") and options.only in str(p)]
    if not pages or options.rounds < 1:
        parser.error(f"--html, --rounds: got {options.html} with {len(pages)} pages, {options.rounds}; run `make book`")
    load, server, results = os.getloadavg()[0], serve(options.html), []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        for page in pages:
            address = f"http://127.0.0.1:{server.server_port}/{page}"
            visits = [visit(browser, address) for _ in range(options.rounds)]
            row = {key: statistics.median(one[key] for one in visits) for key in visits[0]}
            results.append({"page": str(page), **{key: round(value, 1) for key, value in row.items()}})
            print(
                f"{page}: {row['kB']:.0f} kB, readable after {row['readable']:.0f} ms, "
                f"formulas after {row['formulas']:.0f} ms",
                flush=True,
            )
        version = browser.version
        browser.close()
    server.shutdown()
    most = {key: max(row[key] for row in results) for key in ("kB", "painted", "readable", "formulas")}
    print("\nthe most of all pages: " + ", ".join(f"{key} {value:.0f}" for key, value in most.items()))
    if options.json:
        found = {
            "benchmark": "pages",
            "date": time.strftime("%Y-%m-%d"),
            "machine": {**measure.machine(), "browser": f"Chromium {version}"},
            "rounds": options.rounds,
            "load before": load,
            "results": results,
            "summary": most,
        }
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
