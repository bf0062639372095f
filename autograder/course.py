"""The folder of a course, and the few files in it that every command needs."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

__all__ = ["Course"]


@dataclass(frozen=True)
class Course:
    """nbgrader's layout under one root, with the course's secret and its records beside it."""

    root: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", Path(self.root).resolve())

    @property
    def db_url(self) -> str:
        """Return where the gradebook is: what the file `database` says, else SQLite in the course's folder.

        PostgreSQL is postgresql+psycopg://USER@HOST/NAME; leave the password to ~/.pgpass.
        """
        said = self.root / "database"
        return said.read_text(encoding="utf-8").strip() if said.exists() else f"sqlite:///{self.root / 'gradebook.db'}"

    def use_database(self, url: str) -> None:
        """Keep the gradebook at this URL from now on. Raise ValueError if it is neither SQLite nor PostgreSQL."""
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError(f"database: got {url!r}, expected sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME")
        self.root.mkdir(parents=True, exist_ok=True)
        said = self.root / "database"
        said.touch(mode=0o600)
        said.write_text(url + "\n", encoding="utf-8")

    def notebook(self, step: str, assignment: str, student: str = ".") -> Path:
        """Return where a step's notebook is: source, release, submitted, autograded; the last two for a student."""
        return self.root / step / student / assignment / f"{assignment}.ipynb"

    def source(self, assignment: str) -> NotebookNode:
        """Read the instructor's notebook. Raise a FileNotFoundError that says what to run first."""
        path = self.notebook("source", assignment)
        if not path.is_file():
            raise FileNotFoundError(f"{path} is not there. Run `python -m autograder build` first.")
        return nbformat.read(path, as_version=4)

    def assignments(self) -> list[str]:
        """Return the names of the assignments that were built."""
        return sorted(path.parent.name for path in self.root.glob("source/*/*.ipynb"))

    def submissions(self) -> list[tuple[str, str]]:
        """Return (student, assignment) of everything handed in for an assignment that exists."""
        known = set(self.assignments())
        folders = sorted(self.root.glob("submitted/*/*/"))
        return [(folder.parent.name, folder.name) for folder in folders if folder.name in known]

    def secret(self) -> bytes:
        """Return the secret from which hidden seeds are made; it is drawn once, readable by its owner only."""
        path = self.root / "secret"
        if not path.exists():
            self.root.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32))
        return path.read_bytes()
