"""What makes a graded submission stale: the judge, and the exercises of its own assignment; no comment does."""

from pathlib import Path

import pytest

from autograder import architecture
from autograder.batch import job as versions
from autograder.build import source_notebook
from autograder.checks.known_answers import ROOT as CASES
from autograder.checks.solutions import SOLUTIONS

ROOT = architecture.PACKAGE.parent
NAMES = ("ch01_rnn", "ch05_gru", "ch08_conditional")
SOURCES = {name: "\n".join(cell.source for cell in source_notebook(SOLUTIONS / f"{name}.py").cells) for name in NAMES}


@pytest.fixture
def changed(monkeypatch):
    """Tell which assignments have another version when the files say something else. No file is touched."""
    texts: dict[Path, str] = {}
    read_text, read_bytes = Path.read_text, Path.read_bytes
    monkeypatch.setattr(Path, "read_text", lambda path, *a, **k: texts.get(path) or read_text(path, *a, **k))
    monkeypatch.setattr(
        Path, "read_bytes", lambda path: texts[path].encode() if path in texts else read_bytes(path)
    )  # fmt: skip

    for home, name in (
        (versions, "meaning"),
        (architecture, "imports"),
    ):  # of what was not edited, what is known already
        known = getattr(architecture, name)
        fresh = known.__wrapped__
        monkeypatch.setattr(
            home, name, lambda path, known=known, fresh=fresh: fresh(path) if path in texts else known(path)
        )

    def all_versions():
        versions.version.cache_clear()
        return {name: versions.version(name, SOURCES[name]) for name in NAMES}

    before = all_versions()

    def tell(path, edit):
        texts.clear()
        texts[ROOT / path] = edit(read_text(ROOT / path))
        assert texts[ROOT / path] != read_text(ROOT / path)
        after = all_versions()
        texts.clear()
        return {name for name in NAMES if before[name] != after[name]}

    yield tell
    versions.version.cache_clear()


def comment(text):
    return text.replace("\n\n\n", "\n\n# one word more\n\n\n", 1)


def docstring(text):
    return text.replace('"""', '"""In other words: ', 1)


def code(text):
    return text + "\nANOTHER = 1\n"


ALL = set(NAMES)


@pytest.mark.parametrize(
    ("path", "edit", "stale"),
    [
        ("rnncore/tasks/music.py", comment, set()),
        ("rnncore/tasks/music.py", code, set()),  # no exercise asks for it
        ("rnncore/scan.py", comment, set()),
        ("rnncore/models/decode.py", code, {"ch08_conditional"}),
        ("autograder/checks/run.py", comment, set()),
        ("autograder/checks/run.py", docstring, set()),
        ("autograder/checks/run.py", code, ALL),
        ("autograder/checks/words.py", code, ALL),
        ("autograder/judge/kernel.py", code, ALL),
        ("autograder/inside/agent.py", code, ALL),
        ("autograder/inside/stub/autograder.py", code, ALL),
        ("autograder/sandbox/seccomp.py", code, ALL),
        ("autograder/notebook.py", code, ALL),
        ("autograder/reports/feedback.py", code, set()),
        ("autograder/batch/grade.py", code, set()),
        ("solutions/ch05_gru.py", code, {"ch05_gru"}),
        ("solutions/ch05_gru.py", comment, set()),
        ("autograder/cases/gru_step/cases.py", code, {"ch05_gru"}),
        ("autograder/cases/gru_step/cases.py", docstring, set()),
        ("autograder/cases/embed_backward/cases.py", code, {"ch01_rnn"}),
        ("autograder/reports/charts.py", code, set()),
        ("rnncore/ops.py", comment, set()),
    ],
)
def test_exactly_what_a_verdict_depends_on_changes_its_version(changed, path, edit, stale):
    assert changed(path, edit) == stale


def test_every_file_beside_the_cases_counts(monkeypatch, tmp_path):
    (tmp_path / "gru_step").mkdir()
    for path in (CASES / "gru_step").iterdir():
        if path.is_file():
            (tmp_path / "gru_step" / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(versions, "ROOT", tmp_path)
    monkeypatch.setattr(versions, "exercises", lambda: ("gru_step",))
    monkeypatch.setattr(versions, "reached", lambda *_: [])  # what the cases import stays as it is

    def now():
        versions.version.cache_clear()
        return versions.version("ch05_gru", SOURCES["ch05_gru"])

    seen = {now()}
    for name, text in {"mistakes.yaml": "a: b", "wrong_new.py": '"""A mistake."""', "notes": "x"}.items():
        (tmp_path / "gru_step" / name).write_text(text)
        seen.add(now())
    (tmp_path / "gru_step" / "wrong_new.py").write_text('"""A mistake, in other words."""')
    seen.add(now())
    assert len(seen) == 5
    versions.version.cache_clear()
