"""What tests of CONTRIBUTING.md's recipes share: the recipe's code, and a copy of the repository to follow it in."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def recipe():
    """Return a function from the title of a section of CONTRIBUTING.md to its blocks of Python code, in order."""

    def blocks(title: str) -> list[str]:
        text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
        section = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
        assert section, f"CONTRIBUTING.md has no section {title!r}"
        found = re.findall(r"^( *)```python\n(.*?)^\1```$", section[1], re.DOTALL | re.MULTILINE)
        return [textwrap.dedent(body) for _, body in found]

    return blocks


@pytest.fixture
def scratch(tmp_path):
    """Return a folder with the repository's files, and a function that runs Python in it, which imports from there."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folder = tmp_path / "repository"
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():  # not one that is deleted and not yet committed so
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)

    def run(*arguments: object) -> str:
        command = [sys.executable, *map(str, arguments)]
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
        return result.stdout

    return folder, run
