"""Look for house words, fragments and repeated openings in what readers read, with proselint and its own extension.

    python -m tools.prose [FILE ...]

reads the pages, the README and the Markdown cells of solutions/, or the files given. proselint brings what editors of
English have collected; `tools/house_words.py` adds this course's own checks, and `.proselintrc.json` says which count.
A line is let off one check by a comment at its end that names the check and gives a reason:

    <!-- prose: house.idioms: Elman's own words -->
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from proselint.checks import __register__ as common
from proselint.config import DEFAULT, Config
from proselint.registry import CheckRegistry
from proselint.tools import LintFile

from tools.house_words import __register__ as house

__all__ = ["Finding", "lint", "main", "prose"]

ROOT = Path(__file__).resolve().parents[1]
READ = ("README.md", "book/*.md", "book/ch*/*.md", "solutions/*.py")
WAIVER = re.compile(r"<!-- prose: ([\w.-]+)(?:: ([^>]*?\S))? *-->")
THING = "¤"
"""What stands for a formula, a piece of code or a reference, so that a sentence keeps its length and its parts."""
LABEL, ITEM = "|", "•"
CAPTIONED = {"chart", "figure"}
FENCE = re.compile(r"^(`{3,}|~{3,}|:{3,})(?:\{([\w-]+)\})?")
WORDS_INSIDE = {"admonition", "note", "tip", "warning", "margin", "chart", "figure", "dropdown", "important", "seealso"}
"""Directives whose content is read as text; that of all others is code, a formula or a list of names."""
NO_WORDS = re.compile(
    r"""(?P<thing>(?:\{[\w:-]+\})?(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)|\$\$.+?\$\$|\$[^$]+\$
    |(?<!\S)\d+(?:[ ]\d+)+)
    |(?P<nothing><!--.*?-->|</?[a-zA-Z][^>]*>|(?<=\])\([^)\s]*\)|https?://\S+|^[ ]*\([\w-]+\)=$|[*_]{1,3}|^[ ]*>
    |^:(?!alt:)[\w-]+:.*$|^%.*$)
    |(?P<label>^[ ]*\#+[ ]|^:alt:)|(?P<item>^[ ]*(?:[-+*]|\d+\.)[ ])""",
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)


class Finding(NamedTuple):
    """One thing to mend: where, which check, and what it says."""

    line: int
    check: str
    said: str


def prose(text: str, percent: bool = False) -> str:
    """Return the text with blanks where no prose is, so that every word stands at its place.

    percent: the text is a percent file, of which the Markdown cells are read.
    A heading and a figure's description begin with |, as a row of a table does: they are no sentences.
    An item of a list and a caption begin with •: what comes first in them need be none.
    """
    lines = _cells(text) if percent else text.split("\n")
    return NO_WORDS.sub(_blank, "\n".join(_blocks(lines)))


def _blank(found: re.Match) -> str:
    """Return as many characters as were found, and all their line ends."""
    blank = re.sub(r"[^\n]", " ", found[0])
    first = THING if found["thing"] else LABEL if found["label"] else ITEM if found["item"] else ""
    return first + blank[len(first) :]


def _cells(text: str) -> list[str]:
    """Return the lines of the Markdown cells of a percent file; all others are empty."""
    lines, inside = [], False
    for line in text.split("\n"):
        if line.startswith("# %%"):
            inside, line = "[markdown]" in line, ""
        lines.append("  " + line[2:] if inside and line.startswith("#") else "")
    return lines


def _blocks(lines: list[str]) -> Iterator[str]:
    """Yield the lines, empty where they belong to front matter, to code, to a or to a formula."""
    open_fences: list[tuple[str, bool, bool]] = []
    front, formula = lines[:1] == ["---"], False
    for number, line in enumerate(lines):
        bare = line.strip()
        if front:
            front = number == 0 or bare != "---"
            yield ""
            continue
        if open_fences and bare == open_fences[-1][0]:
            open_fences.pop()
            yield ""
            continue
        readable = all(words for _, words, _ in open_fences)
        if readable and (fence := FENCE.match(bare)):
            open_fences.append((fence[1], fence[2] in WORDS_INSIDE, fence[2] in CAPTIONED))
            yield ""
            continue
        if readable and not formula and bare.startswith("$$") and not (len(bare) > 2 and "$$" in bare[2:]):
            formula = True
            yield ""
            continue
        if formula:
            formula = "$$" not in bare
            yield ""
            continue
        if bare.startswith("#"):
            line = f"{line} {LABEL}"
        elif open_fences and open_fences[-1][2] and bare:
            line = f"{ITEM} {line}" if not bare.startswith(":") else line
        yield line if readable else ""


def lint(text: str, percent: bool = False) -> list[Finding]:
    """Return what is to be mended in a text, line by line, less what is waived with a reason.

    A waiver without a reason, or of what is not there, is to be mended, too.
    """
    if not CheckRegistry().checks:
        CheckRegistry().register_many((*house, *common))
    read = LintFile("text", prose(text, percent))
    found = [
        Finding(one.pos[0], one.check_result.check_path, " ".join(one.check_result.message.split()))
        for one in read.lint(_config())
        if not re.match(
            r"\w\w", read.content[one.check_result.span[1] - 1 :]
        )  # proselint finds "for ever" in "for every"
    ]
    waived = {(k, of[1]): of[2] for k, line in enumerate(text.split("\n"), 1) for of in WAIVER.finditer(line)}
    left = [one for one in found if not waived.get((one.line, one.check))]
    for (line, check), reason in waived.items():
        if not reason:
            left.append(Finding(line, "waiver", f"say why {check} does not hold here: <!-- prose: {check}: reason -->"))
        elif not any((one.line, one.check) == (line, check) for one in found):
            left.append(Finding(line, "waiver", f"{check} finds nothing here; the comment can go."))
    return sorted(left)


@cache
def _config() -> Config:
    """Return which checks count, by our file and else by proselint's own: what a person set at home does not count."""
    ours = json.loads((ROOT / ".proselintrc.json").read_text())["checks"]
    both = {**DEFAULT["checks"], **ours}
    return Config(max_errors=sys.maxsize, checks=dict(sorted(both.items(), key=lambda one: -one[0].count("."))))


def main(names: list[str]) -> int:
    """Print what is to be mended. Return 1 if that is anything."""
    paths = [Path(name) for name in names] or sorted(path for pattern in READ for path in ROOT.glob(pattern))
    count = 0
    for path in paths:
        for one in lint(path.read_text(encoding="utf-8"), path.suffix == ".py"):
            shown = path.resolve().relative_to(ROOT) if path.resolve().is_relative_to(ROOT) else path
            print(f"{shown}:{one.line}: {one.check}: {one.said}")
            count += 1
    return int(count > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
