"""Where each numbered equation stands in the book: its number, the titles of its page and section, its address.

    python -m tools.equations

writes autograder/checks/equations.json, from which the messages of checks name equations as the book shows them. The
tests compare it with the built pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

__all__ = ["main", "places"]

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "autograder" / "checks" / "equations.json"
LINE = re.compile(r"^(?P<marks>#+) (?P<heading>.+)$|^:label:[ ]*(?P<label>\S+)$|^(?P<fence>`{3,}|~{3,})", re.MULTILINE)


def chapters() -> Iterator[tuple[int, list[str]]]:
    """Yield the number of each chapter, 0 where it has none, and its pages in order."""
    number = 0
    for part in yaml.safe_load((ROOT / "book" / "_toc.yml").read_text())["parts"]:
        for chapter in part["chapters"]:
            number += bool(part.get("numbered"))
            pages = [chapter["file"], *(section["file"] for section in chapter.get("sections", ()))]
            yield number if part.get("numbered") else 0, pages


def places() -> dict[str, dict[str, str]]:
    """Return the place of each labelled equation of the numbered chapters."""
    found = {}
    for number, pages in chapters():
        count = 0
        for page in pages:
            title, section, fenced = "", "", False
            for line in LINE.finditer((ROOT / "book" / f"{page}.md").read_text()):
                if line["fence"]:
                    fenced = not fenced
                elif line["heading"] and not fenced:
                    title, section = (line["heading"], "") if line["marks"] == "#" else (title, line["heading"])
                elif line["label"] and fenced:
                    count += 1
                    found[line["label"]] = {
                        "number": f"{number}.{count}" if number else str(count),
                        "title": title,
                        "section": section,
                        "address": f"{page}.html#equation-{line['label']}",
                    }
    return found


def main() -> None:
    """Write the file."""
    FILE.write_text(json.dumps(places(), indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
