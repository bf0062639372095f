"""The recipes "Add an exercise" and "Add a mistake" of CONTRIBUTING.md, carried out in a copy of the repository."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MORE = {
    "right_loops.py": '''"""Plain loops."""

def step_sizes(hs, h0):
    d = np.zeros(hs.shape[:2])
    for t in range(len(hs)):
        for b in range(len(h0)):
            d[t, b] = sum((hs[t, b] - (hs[t - 1, b] if t else h0[b])) ** 2) ** 0.5
    return d
''',
    "right_einsum.py": '''"""A product of each step with itself."""

def step_sizes(hs, h0):
    d = hs.copy()
    d[0] -= h0
    d[1:] -= hs[:-1]
    return np.einsum("tbh,tbh->tb", d, d) ** 0.5
''',
    "right_hypot.py": '''"""The hypotenuse of more and more sides."""

def step_sizes(hs, h0):
    return np.stack([np.hypot.reduce(now - before, axis=-1) for now, before in zip(hs, [h0, *hs])])
''',
}
"""The other right answers that step 4 asks for."""


def blocks(title: str) -> list[str]:
    """Return the blocks of code of a section, in its order."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = re.search(rf"^## {title}\n(.*?)(?=^## )", text, flags=re.M | re.S)
    assert section, title
    return re.findall(r"^```\w+\n(.*?)^```$", section[1], flags=re.M | re.S)


def command(title: str) -> list[str]:
    """Return what the section says to run with pytest."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = re.search(rf"^## {title}\n(.*?)(?=^## )", text, flags=re.M | re.S)
    assert section, title
    words = re.search(r"`\.venv/bin/python (-m pytest tests/\S+(?: tests/\S+)* -k) \"?(.*?)\"?`", section[1])
    assert words, title
    return [sys.executable, *words[1].split(), words[2], "-q", "-p", "no:cacheprovider"]


@pytest.fixture
def copy(tmp_path):
    """Copy the repository's files, as they stand in the working tree."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    for name in subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0"):
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tmp_path / name)
    return tmp_path


def run(copy: Path, *words: str) -> str:
    """Run a command in the copy; return what it writes, fail with it where the command fails."""
    done = subprocess.run(words, cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_an_exercise_is_added_as_the_recipe_says(copy):
    cells, cases, mistakes, right = blocks("Add an exercise")
    with (copy / "solutions/ch01_rnn.py").open("a", encoding="utf-8") as file:
        file.write("\n" + cells)
    folder = copy / "autograder/cases/step_sizes"
    folder.mkdir()
    for name, text in {
        "__init__.py": "",
        "cases.py": cases,
        "mistakes.toml": mistakes,
        "right_norm.py": right,
        **MORE,
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    told = run(copy, *command("Add an exercise"), "-rN")
    passed = re.search(r"(\d+) passed", told)
    assert passed, told
    assert int(passed[1]) == 8 + 4 + 6, told  # the wrong, the right, the solution, the release, sizes, labels, mutants
    run(copy, sys.executable, "-m", "autograder", "build", "--course", "made")
    released = (copy / "made/release/ch01_rnn/ch01_rnn.ipynb").read_text(encoding="utf-8")
    assert "step_sizes" in released and "before = np.concatenate" not in released


def test_a_mistake_is_added_as_the_recipe_says(copy):
    (line,) = blocks("Add a mistake")
    with (copy / "autograder/cases/rnn_step/mistakes.toml").open("a", encoding="utf-8") as file:
        file.write(line)
    assert "1 passed" in run(copy, *command("Add a mistake"), "-rN")
    code = """
import numpy as np
from autograder.checks import run_check
print(run_check("rnn_step", (lambda x, h, V, W, b: (np.tanh(h @ W.T + b), None),)).message)
"""
    assert "A known mistake gives exactly this: The input is ignored" in run(copy, sys.executable, "-c", code)
