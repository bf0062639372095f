"""Refuse commits whose subject does not fit a line of `git log`: more than 72 characters.

    python -m tools.commit_subjects .git/COMMIT_EDITMSG     # one that is being written; pre-commit does this
    python -m tools.commit_subjects BEFORE AFTER            # all after one commit up to another; GitHub does this

Merges, what git words itself, and what bots write are left alone.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ["LONGEST", "fault", "main", "subject"]

LONGEST = 72
BY_GIT = ("Merge ", 'Revert "', "fixup! ", "squash! ", "amend! ")


def subject(message: str) -> str:
    """Return what git takes for the subject of a message as its editor left it: the first paragraph, as one line."""
    lines = [line.strip() for line in message.splitlines() if not line.startswith("#")]
    text = "\n".join(lines).strip()
    return " ".join(text.split("\n\n")[0].split("\n"))


def fault(line: str) -> str:
    """Return what is wrong with a subject; nothing if it is right."""
    if not line:
        return "subject: got nothing, expected what the commit does"
    if len(line) > LONGEST and not line.startswith(BY_GIT):
        return f"subject: got {len(line)} characters, expected at most {LONGEST}, then a blank line: {line}"
    return ""


def _subjects(before: str, after: str) -> list[str]:
    """Return the subjects between two commits; the last one's alone where the first is not there."""
    known = subprocess.run(["git", "cat-file", "-e", f"{before}^{{commit}}"], capture_output=True).returncode == 0
    chosen = [f"{before}..{after}"] if known else ["-1", after]
    log = ["git", "log", "--no-merges", "--format=%an%x00%s", *chosen, "--"]
    lines = subprocess.run(log, capture_output=True, text=True, check=True).stdout.splitlines()
    return [line.split("\0")[1] for line in lines if not line.split("\0")[0].endswith("[bot]")]


def main(arguments: list[str]) -> int:
    """Run the command line. The exit status is 1 for a subject that is too long."""
    if len(arguments) == 1:
        subjects = [subject(Path(arguments[0]).read_text(encoding="utf-8"))]
    elif len(arguments) == 2:
        subjects = _subjects(*arguments)
    else:
        print(__doc__, file=sys.stderr)
        return 2
    wrong = [said for line in subjects if (said := fault(line))]
    for said in wrong:
        print(said, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
