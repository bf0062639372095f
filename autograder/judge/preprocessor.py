"""The judge as a preprocessor of nbgrader: it takes the place of Execute, so nbgrader needs no patch.
The settings that put it there are written by autograder/build.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute
from traitlets import Bool, Dict, Unicode

from autograder.judge.grading import derive_seed, run_notebook
from autograder.judge.reassemble import reassemble
from autograder.sandbox.limits import Limits

__all__ = ["JudgeExecute"]


class JudgeExecute(Execute):
    """Student cells in the sandbox, test cells in this process. The instructor's notebook decides what is tested."""

    secret_file = Unicode("secret", help="file with the secret of the course, from which seeds are made").tag(
        config=True
    )
    source_folder = Unicode("source", help="folder of the instructor's notebooks, by assignment").tag(config=True)
    limits = Dict(help="fields of autograder.sandbox.limits.Limits that differ from the defaults").tag(config=True)
    unsafe = Bool(False, help="grade without a sandbox where bubblewrap is missing").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any = None, km: Any = None) -> tuple[NotebookNode, Any]:
        """Put the notebook together from the instructor's source, run it, and write verdicts into its test cells."""
        where = resources["nbgrader"]
        secret = Path(self.secret_file)
        if not secret.is_file():
            raise FileNotFoundError(f"secret_file: got {secret}, expected a file with the secret of the course")
        seed = derive_seed(secret.read_bytes(), where["assignment"], where["student"], nbformat.writes(nb).encode())
        source = Path(self.source_folder) / where["assignment"] / f"{where['notebook']}.ipynb"
        if not source.is_file():
            raise FileNotFoundError(f"source_folder: got {self.source_folder}, expected {source} in it")
        instructors = nbformat.read(source, as_version=4)
        whole, remarks = reassemble(nb, instructors)
        graded = run_notebook(whole, seed, Limits(**self.limits).of(instructors), self.unsafe)
        for remark in remarks + graded.remarks:
            self.log.warning("%s: %s", where["student"], remark)
        graded.notebook.metadata["rnn_course"] = {"remarks": remarks + graded.remarks, "error": graded.error}
        return graded.notebook, resources
