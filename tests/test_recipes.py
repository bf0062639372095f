"""The recipes of CONTRIBUTING.md, carried out as they stand there, in a scratch copy of the repository."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def recipe(title: str) -> list[str]:
    """Return the code blocks under a heading of CONTRIBUTING.md, in their order."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert section, f"CONTRIBUTING.md has no recipe {title!r}"
    return re.findall(r"^```\w+\n(.*?)^```", section[1], re.DOTALL | re.MULTILINE)


class Copy:
    """A copy of the repository's tracked files. Paths are relative to its root."""

    def __init__(self, root: Path):
        self.root = root
        tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for name in filter(None, tracked.split("\0")):
            if (ROOT / name).is_file():  # and not deleted since
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, root / name)

    def write(self, path: str, text: str) -> None:
        """Write a new file."""
        assert not (self.root / path).exists(), f"{path} is there already"
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def change(self, path: str, old: str, new: str) -> None:
        """Put `new` in place of `old`, which must be there once."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{path}: got {old!r} {text.count(old)} times, expected once"
        (self.root / path).write_text(text.replace(old, new), encoding="utf-8")

    def python(self, *arguments: str, **environment: str) -> str:
        """Run Python in the copy, with the copy first on its path; return what it prints, fail where it does."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=800,
            env={**os.environ, "PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1", **environment},
        )
        assert done.returncode == 0, f"{' '.join(arguments)}:\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def pytest(self, *arguments: str) -> str:
        """Run tests of the copy."""
        return self.python("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments)

    def lint(self, *paths: str) -> None:
        """Check that ruff has nothing to say of these files."""
        self.python("-m", "ruff", "check", "--no-cache", *paths)
        self.python("-m", "ruff", "format", "--no-cache", "--check", *paths)


@pytest.fixture
def copy(tmp_path):
    return Copy(tmp_path / "copy")


def test_the_copy_is_what_is_imported(copy):
    where = copy.python("-c", "import autograder, rnncore; print(autograder.__file__, rnncore.__file__)").split()
    assert all(Path(path).is_relative_to(copy.root) for path in where)


def test_add_a_cell(copy):
    (cell,) = recipe("Add a cell")
    copy.write("rnncore/cells/peephole.py", cell)
    lstm = "from rnncore.cells.lstm import LSTM\n"
    copy.change("rnncore/cells/__init__.py", lstm, lstm + "from rnncore.cells.peephole import PEEPHOLE\n")
    copy.change(
        "rnncore/cells/__init__.py",
        '"CELLS", "GRU", "GRU_BEFORE", "LSTM", ',
        '"CELLS", "GRU", "GRU_BEFORE", "LSTM", "PEEPHOLE", ',
    )
    copy.change("rnncore/cells/__init__.py", '"lstm": LSTM, ', '"lstm": LSTM, "peephole": PEEPHOLE, ')
    copy.lint("rnncore/cells")
    copy.pytest("tests/test_architecture.py")
    told = copy.pytest("tests/rnncore/test_cell_contract.py", "tests/rnncore/test_engines.py", "-k", "peephole", "-vv")
    assert "[cpu-peephole-float32-full] PASSED" in told
    said = copy.python("-m", "rnncore.tasks.charlm", "--cell", "peephole", "--steps", "2", "--hidden", "4", "--quiet")
    assert "bits per symbol" in said


def test_add_a_data_set(copy, tmp_path):
    entry, function = recipe("Add a data set")
    text = "It is a truth universally acknowledged. " * 400
    path = tmp_path / "data" / "my-text" / "input.txt"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    named = json.loads(entry) | {"sha256": hashlib.sha256(text.encode()).hexdigest(), "bytes": len(text)}
    known = json.loads((copy.root / "rnncore/data/registry.json").read_text())
    assert known[0].keys() == named.keys()
    (copy.root / "rnncore/data/registry.json").write_text(json.dumps([*known, named], indent=1) + "\n")
    corpora = copy.root / "rnncore/data/corpora.py"
    corpora.write_text(corpora.read_text() + "\n\n" + function)
    copy.change("rnncore/data/corpora.py", '    "multi30k",\n', '    "multi30k",\n    "my_text",\n')
    copy.change("rnncore/data/__init__.py", '    "multi30k",\n', '    "multi30k",\n    "my_text",\n')
    copy.change("rnncore/data/__init__.py", "    multi30k,\n", "    multi30k,\n    my_text,\n")
    copy.change("rnncore/tasks/charlm.py", "lm_batches, tiny_", "lm_batches, my_text, tiny_")
    copy.change("rnncore/tasks/charlm.py", "TEXTS = {", 'TEXTS = {"my-text": my_text, ')
    copy.lint("rnncore/data", "rnncore/tasks/charlm.py")
    copy.pytest("tests/test_architecture.py", "-k", "data or charlm or heavy")
    train = ("-m", "rnncore.tasks.charlm", "--data", "my-text", "--steps", "2", "--hidden", "4", "--quiet")
    assert "my-text, last 10 %: " in copy.python(*train, RNNCORE_DATA=str(tmp_path / "data"))
    path.write_text(text + "!", encoding="utf-8")
    with pytest.raises(AssertionError, match="got SHA-256"):
        copy.python(*train, RNNCORE_DATA=str(tmp_path / "data"))


def test_add_an_engine(copy):
    (engine,) = recipe("Add an engine")
    copy.write("rnncore/engines/double.py", engine)
    copy.change("rnncore/engines/choice.py", '    "reference": (),', '    "double": (),\n    "reference": (),')
    copy.lint("rnncore/engines")
    copy.pytest("tests/test_architecture.py")
    told = copy.pytest("tests/rnncore/test_engines.py", "-k", "double or record", "-vv")
    assert "[double-lstm-float32-full] PASSED" in told
    said = copy.python(
        "-c",
        """
import numpy as np, rnncore
from rnncore.cells import LSTM
from rnncore.layers import Recurrent
layer = Recurrent(LSTM, 3, 4, engine="double")
params = layer.init(np.random.default_rng(0), np.float32)
xs, state = np.ones((5, 2, 3), np.float32), tuple(np.zeros((2, 4), np.float32) for _ in "hC")
print(rnncore.explain(LSTM, xs, state, layer.weights(params, 0), engine="double"))
ys, _, cache = layer.forward(params, xs)
print(ys.dtype, layer.backward(ys, None, cache)[-1]["W_l0"].dtype)
try:
    rnncore.explain(LSTM, xs + 0j, state, layer.weights(params, 0), engine="double")
except ValueError as error:
    print(error)
""",
    )
    assert "double: asked for\nfloat32 float32\n" in said and "which cannot be used: the arrays are of several" in said
