"""What a repository keeps by habit: versions that agree, a changelog, subjects of commits, workflows that can run."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tools import commit_subjects, release

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
LONG = "x" * 73


def test_the_version_stands_alike_everywhere():
    found = release.versions()
    assert len(set(found.values())) == 1 and re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", found["CITATION.cff"]), found
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    if "version" in project["project"].get("dynamic", ()):
        assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "rnncore.__version__"}
    citation, day = yaml.safe_load((ROOT / "CITATION.cff").read_text()), r"\d{4}-\d\d-\d\d"
    newest = re.search(rf"^## \[{re.escape(citation['version'])}\] - ({day})$", changelog(), re.MULTILINE)
    assert newest and newest[1] == str(citation["date-released"])


def changelog():
    return (ROOT / "CHANGELOG.md").read_text()


def test_the_changelog_keeps_its_form():
    lines = changelog().splitlines()
    assert max(map(len, lines)) <= 102
    heads = [line for line in lines if line.startswith("## ")]
    assert heads[0] == "## [Unreleased]"
    versions = [re.fullmatch(r"## \[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d\d-\d\d)", head) for head in heads[1:]]
    assert all(versions)
    order = [(tuple(map(int, match.groups()[:3])), match[4]) for match in versions if match]
    assert order == sorted(order, reverse=True)
    kinds = {line for line in lines if line.startswith("### ")}
    assert kinds <= {f"### {kind}" for kind in ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]}


@pytest.fixture
def tagged(tmp_path):
    (tmp_path / "rnncore").mkdir()
    (tmp_path / "rnncore/__init__.py").write_text('__version__ = "1.2.3"\n')
    (tmp_path / "CITATION.cff").write_text("cff-version: 1.2.0\nversion: 1.2.3\n")
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-01-02\n\n### Added\n\n- A.\n\n## [1.2.2] - 2026-01-01\n"
    )
    return tmp_path


def test_a_tag_is_released_if_it_is_the_version_and_has_its_section(tagged):
    assert release.faults("v1.2.3", tagged) == []
    assert release.section("1.2.3", tagged) == "### Added\n\n- A."
    for tag in ["1.2.3", "v1.2", "v1.2.3rc1", "v1.2.3\n", ""]:
        assert release.faults(tag, tagged) == [f"tag: got {tag!r}, expected vX.Y.Z"]
    wrong = release.faults("v1.2.4", tagged)
    assert [name for name in release.PLACES if any(name in line for line in wrong)] == list(release.PLACES)


@pytest.mark.parametrize(
    "name, old, new, words",
    [
        ("rnncore/__init__.py", "1.2.3", "1.2.4", "rnncore/__init__.py says the version is 1.2.4"),
        ("CITATION.cff", "version: 1.2.3", "", "CITATION.cff says the version is nothing"),
        ("CHANGELOG.md", "## [1.2.3] - 2026-01-02", "", "CHANGELOG.md says the version is 1.2.2"),
        ("CHANGELOG.md", "### Added\n\n- A.\n", "", "there is nothing in a section [1.2.3]"),
    ],
)
def test_a_tag_that_something_contradicts_is_refused_in_words(name, old, new, words, tagged):
    path = tagged / name
    path.write_text(path.read_text().replace(old, new))
    assert any(words in line for line in release.faults("v1.2.3", tagged))


def test_the_release_script_prints_the_section_or_fails(capsys):
    version = release.versions()["CHANGELOG.md"]
    assert release.main([f"v{version}"]) == 0 and capsys.readouterr().out.startswith("### ")
    assert release.main(["v0.0.0"]) == 1 and "says the version is" in capsys.readouterr().err
    assert release.main([]) == 2


@pytest.mark.parametrize("message, right", [
    ("x" * 72, True), (LONG, False), ("Short\n\n" + LONG, True), ("x" * 40 + "\n" + "y" * 40, False),
    ("\n# a comment\nShort\n#" + LONG, True), ("# nothing\n\n", False), (f'Revert "{LONG}"', True),
    (f"Merge branch '{LONG}'", True), (f"fixup! {LONG}", True),
])  # fmt: skip
def test_a_commits_subject_fits_a_line(message, right, tmp_path, capsys):
    (tmp_path / "message").write_text(message)
    assert commit_subjects.main([str(tmp_path / "message")]) == (0 if right else 1)
    assert bool(capsys.readouterr().err) != right


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Stand in an empty repository; return git in it without anybody's own settings."""
    for key in [key for key in os.environ if key.startswith("GIT_")]:
        monkeypatch.delenv(key)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "cache"))
    (tmp_path / "repository").mkdir()
    monkeypatch.chdir(tmp_path / "repository")

    def git(*arguments, author="Ada"):
        who = ["-c", f"user.name={author}", "-c", "user.email=ada@example.org"]
        return subprocess.run(["git", *who, *arguments], capture_output=True, text=True)

    git("init", "-q")
    return git


def test_all_commits_of_a_push_are_looked_at_but_those_before_are_not(repository, capsys):
    for subject, author in [
        ("Old " + LONG, "Ada"),
        ("Good", "Ada"),
        ("Bump " + LONG, "dependabot[bot]"),
        ("New " + LONG, "Ada"),
        ("Last", "Ada"),
    ]:
        assert repository("commit", "-q", "--allow-empty", "-m", subject, author=author).returncode == 0
    assert commit_subjects.main(["HEAD~4", "HEAD"]) == 1
    assert capsys.readouterr().err.count("New x") == 1
    assert commit_subjects.main(["HEAD~1", "HEAD"]) == 0
    for unknown in ["0" * 40, "deadbeef" * 5, "", "--all"]:  # a new branch, one that was overwritten, nothing
        assert commit_subjects.main([unknown, "HEAD"]) == 0
        assert commit_subjects.main([unknown, "HEAD~1"]) == 1
    assert commit_subjects.main([]) == 2


def test_the_hook_refuses_a_long_subject(repository):
    """pre-commit itself, with this repository's hooks."""
    shutil.copyfile(ROOT / ".pre-commit-config.yaml", ".pre-commit-config.yaml")
    python = Path(".venv/bin/python")
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    subprocess.run([sys.executable, "-m", "pre_commit", "install"], capture_output=True, check=True)
    repository("add", ".pre-commit-config.yaml")
    refused = repository("commit", "-m", LONG)
    assert refused.returncode == 1 and "expected at most 72" in refused.stderr, refused.stderr
    assert repository("commit", "-m", "Short").returncode == 0


def steps(path):
    """Return (name of the job, step) of a workflow."""
    return [(name, step) for name, job in yaml.safe_load(path.read_text())["jobs"].items() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_is_one(path):
    found = yaml.safe_load(path.read_text())
    assert set(found) <= {"name", True, "permissions", "concurrency", "jobs"}  # True is how YAML reads `on`
    assert found["name"] == path.stem and found[True] and found["permissions"]
    for job in found["jobs"].values():
        assert job["runs-on"] and job["timeout-minutes"] and job["steps"]
    for _, step in steps(path):
        assert ("run" in step) != ("uses" in step)
        assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step.get("uses", "a/b@v1"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_a_workflow_runs_is_bash_and_is_there(path):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for job, step in steps(path):
        script = step.get("run", "")
        assert "${{" not in script, f"{job}: what GitHub puts in can be anybody's text; pass it in `env`"
        result = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        for made in re.findall(r"^make ([a-z ]+)$", script, re.MULTILINE):
            assert set(made.split()) <= targets
        for module in re.findall(r"python3? -m tools\.(\w+)", script):
            assert (ROOT / "tools" / f"{module}.py").is_file()


def test_dependabot_looks_at_packages_and_actions_once_a_week():
    found = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())
    assert found["version"] == 2
    assert [update["package-ecosystem"] for update in found["updates"]] == ["pip", "github-actions"]
    for update in found["updates"]:
        assert update["schedule"] == {"interval": "weekly"} and update["directory"] == "/" and update["groups"]
