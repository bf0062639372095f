"""The directives `{assignment} ch01_rnn`, a box that opens a notebook; `{exercise-index}`, a table of exercises; and
`{grader-table}`, the stored counts of how each exercise is graded; `{chapter-times}`, what chapters take. The role
{exercise}`rnn_step` leads to the box.

The notebooks are built from solutions/ and lie beside the pages, so a download needs no other host. Colab and Binder
read them from the repository, whose address is `course_repository` in _config.yml, or GITHUB_REPOSITORY where that is
set, as it is in GitHub's Actions. Without an address the box offers neither.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import cast

import nbformat
from docutils import nodes
from door import repository
from sphinx import addnodes
from sphinx.domains.std import StandardDomain
from sphinx.util.docutils import SphinxDirective, SphinxRole
from tables import MadeTable

from autograder.build import release_notebook, source_notebook
from autograder.checks.known_answers import load_cases
from autograder.checks.solutions import SOLUTIONS, assignment, assignments, home

__all__ = [
    "AssignmentBox",
    "ChapterTimes",
    "ExerciseIndex",
    "ExerciseRole",
    "GraderTable",
    "published",
    "setup",
    "write_notebooks",
]

QUALITY = SOLUTIONS.parent / "results" / "grader.json"
FOLDER = "_static/notebooks"
COLAB, BINDER = "https://colab.research.google.com/github", "https://mybinder.org/v2/gh"
BRANCH = "notebooks"
"""Where the published notebooks lie: beside the pages, and on a branch of the repository that holds nothing else."""

INSTALL = """# Outside the course's folder, on Colab for example, this fetches the course; elsewhere it does nothing.
try:
    import autograder
except ModuleNotFoundError:
    import sys
    !git clone --quiet --depth 1 {repository} rnn-course
    %pip install --quiet array-api-compat numpy tqdm
    sys.path.insert(0, "rnn-course")"""


def published(name: str, address: str):
    """Return the students' notebook as published: with a first cell that fetches the course if it is not there."""
    notebook = release_notebook(source_notebook(SOLUTIONS / f"{name}.py"))
    if address:
        cell = nbformat.v4.new_code_cell(INSTALL.format(repository=address), id="fetch-the-course")
        notebook.cells.insert(1, cell)
    return notebook


def write_notebooks(app, error) -> None:
    """Put every assignment's notebook beside the pages."""
    if error or app.builder.format != "html":
        return
    named = repository(app.config)
    folder = Path(app.outdir) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name in assignments():
        notebook = published(name, f"https://github.com/{named}" if named else "")
        (folder / f"{name}.ipynb").write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


class AssignmentBox(SphinxDirective):
    """`{assignment} ch01_rnn`: what is in the notebook, and the ways to open it."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        if name not in assignments():
            raise self.error(f"assignment: got {name!r}, expected one of {', '.join(assignments())}")
        self.env.note_dependency(str(SOLUTIONS / f"{name}.py"))
        up = "../" * self.env.docname.count("/")
        links = [("Download the notebook", f"{up}{FOLDER}/{name}.ipynb", " download")]
        if named := repository(self.config):
            links.append(("Open in Colab", f"{COLAB}/{named}/blob/{BRANCH}/{name}.ipynb", ""))
            links.append(("Open in Binder", f"{BINDER}/{named}/HEAD?urlpath=lab/tree/notebooks/{name}.ipynb", ""))
        given, label = assignment(name).points, f"assignment-{name.replace('_', '-')}"
        items = "".join(f'<a class="assignment-link" href="{href}"{extra}>{text}</a>' for text, href, extra in links)
        listed = ", ".join(f"<code>{exercise}</code> ({value:g})" for exercise, value in given.items())
        body = (
            f'<aside class="assignment" id="{label}" aria-label="{html.escape(assignment(name).title)}">'
            f'<p class="assignment-links">{items}</p>'
            f"<p>In your own copy of the course, <code>make lab</code> opens JupyterLab on it. "
            f"Exercises, with their points: {listed}; {sum(given.values()):g} in all.</p></aside>"
        )
        standard = cast(StandardDomain, self.env.get_domain("std"))
        standard.note_hyperlink_target(label, self.env.docname, label, assignment(name).title)
        return [nodes.raw("", body, format="html")]


class ExerciseRole(SphinxRole):
    """{exercise}`rnn_step`: the name of an exercise, which leads to the box of its assignment."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        try:
            label = f"assignment-{home(self.text).replace('_', '-')}"
        except ValueError as error:
            said = self.inliner.reporter.error(str(error), line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, said)], [said]
        link = addnodes.pending_xref(
            refdomain="std", reftype="ref", reftarget=label, refexplicit=True, refdoc=self.env.docname, refwarn=True
        )
        link += nodes.literal("", self.text)
        return [link], []


class ExerciseIndex(MadeTable):
    """`{exercise-index}`: every exercise of the course, with the page and the equation to read for it."""

    def files(self) -> Iterable[Path]:
        return (SOLUTIONS / f"{name}.py" for name in assignments())

    def lines(self) -> list[str]:
        lines = ["| exercise | points | minutes | page | equation |", "|---|---:|---:|---|---|"]
        for name in assignments():
            for exercise, value in assignment(name).points.items():
                spec, cell = load_cases(exercise), assignment(name).solution(exercise)
                told = f"`{exercise}`" + ", to derive" * (cell.level == "derive")
                read = f"{{doc}}`{spec.PAGE}` | {{eq}}`{spec.EQUATION}`"
                lines.append(f"| {told} | {value:g} | {cell.minutes or ''} | {read} |")
        return lines


class ChapterTimes(MadeTable):
    """`{chapter-times}`: what each chapter takes, out of its index and of the minutes of its exercises."""

    def _chapters(self) -> list[tuple[Path, str]]:
        """Return the index of each chapter, and its assignment."""
        indices = sorted(Path(self.env.srcdir).glob("ch*/index.md"))
        return [(path, next(n for n in assignments() if n[:4] == path.parent.name[:4])) for path in indices]

    def files(self) -> Iterable[Path]:
        return (path for index, name in self._chapters() for path in (index, SOLUTIONS / f"{name}.py"))

    def lines(self) -> list[str]:
        lines = ["| chapter | reading, minutes | assignment, hours | exercises | of these to derive |"]
        lines.append("|---|---:|---:|---:|---:|")
        for index, name in self._chapters():
            reading = re.search(r"Reading takes about (\d+) minutes", index.read_text(encoding="utf-8"))
            cells = [cell for cell in assignment(name).cells if cell.kind == "exercise"]
            hours = round(sum(cell.minutes for cell in cells) / 30) / 2
            derive = sum(cell.level == "derive" for cell in cells)
            told = f"{{doc}}`{index.parent.name}/index` | {reading[1] if reading else '–'} | {hours:g}"
            lines.append(f"| {told} | {len(cells)} | {derive} |")
        return lines


class GraderTable(MadeTable):
    """`{grader-table}`: what `python -m autograder.quality` counted last, exercise by exercise."""

    def files(self) -> Iterable[Path]:
        return (QUALITY,)

    def lines(self) -> list[str]:
        lines = [
            "| exercise | cases | wrong, caught and named | right, accepted | mutants, caught + explained | ms |",
            "|---|---:|---:|---:|---:|---:|",
        ]
        for row in json.loads(QUALITY.read_text())["exercises"]:
            wrong = min(row["wrong caught"], row["named"])
            caught = row["mutants"] - row["mutants not caught"]
            explained = row["mutants not caught"] - row["of these not explained"]
            mutants = f"{row['mutants']}: {caught} + {explained}" if row["mutants"] else "not made"
            cells = [
                f"`{row['exercise']}`",
                row["cases"],
                f"{wrong} of {row['wrong']}",
                f"{row['right accepted']} of {row['right']}",
                mutants,
                f"{row['milliseconds']:.0f}",
            ]
            lines.append(f"| {' | '.join(map(str, cells))} |")
        return lines


def setup(app) -> dict:
    """Register with Sphinx."""
    app.setup_extension("door")  # which knows the setting `course_repository`
    app.add_directive("assignment", AssignmentBox)
    app.add_directive("exercise-index", ExerciseIndex)
    app.add_role("exercise", ExerciseRole())
    app.add_directive("grader-table", GraderTable)
    app.add_directive("chapter-times", ChapterTimes)
    app.connect("build-finished", write_notebooks)
    return {"parallel_read_safe": True}
