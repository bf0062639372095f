"""Say whether a tag may be released, and print the changelog's section on it, which becomes the release's text.

    python -m tools.release v0.2.0

A tag is vX.Y.Z, where X.Y.Z is the version that rnncore, CITATION.cff and the newest section of CHANGELOG.md name.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

__all__ = ["faults", "main", "section", "versions"]

ROOT = Path(__file__).resolve().parent.parent
PLACES = {
    "rnncore/__init__.py": r'^__version__ = "(.+)"$',
    "CITATION.cff": r"^version: (\S+)$",
    "CHANGELOG.md": r"^## \[(?!Unreleased\])([^\]]+)\] - \d{4}-\d\d-\d\d$",
}
"""Where the version stands, and how. pyproject.toml takes it from rnncore."""


def versions(root: Path = ROOT) -> dict[str, str]:
    """Return what each place says the version is; of several versions the first, nothing where there is none."""
    texts = {name: (root / name).read_text(encoding="utf-8") for name in PLACES}
    found = {name: re.search(pattern, texts[name], re.MULTILINE) for name, pattern in PLACES.items()}
    return {name: match[1] if match else "" for name, match in found.items()}


def section(version: str, root: Path = ROOT) -> str:
    """Return what the changelog says of a version, without its heading; nothing if it has no such section."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    parts = (part.partition("\n") for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:])
    return next((body.strip() for title, _, body in parts if title.startswith(f"[{version}] - ")), "")


def faults(tag: str, root: Path = ROOT) -> list[str]:
    """Return why this tag may not be released; nothing if it may."""
    if not re.fullmatch(r"v[0-9]+\.[0-9]+\.[0-9]+", tag):
        return [f"tag: got {tag!r}, expected vX.Y.Z"]
    wrong = [
        f"tag: got {tag}, but {name} says the version is {said or 'nothing'}"
        for name, said in versions(root).items()
        if said != tag[1:]
    ]
    return wrong if section(tag[1:], root) else [*wrong, f"CHANGELOG.md: there is nothing in a section [{tag[1:]}]"]


def main(arguments: list[str]) -> int:
    """Run the command line. The exit status is 1 for a tag that may not be released."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    wrong = faults(arguments[0])
    print("\n".join(wrong) or section(arguments[0][1:]), file=sys.stderr if wrong else sys.stdout)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
