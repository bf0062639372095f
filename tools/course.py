"""Run and time every step from a bare clone to a graded class, on the system's Python alone: `make course`."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GRADER = [".venv/bin/python", "-m", "autograder"]
STEPS = [
    ("environment", ["make", "--silent", "setup"]),
    ("book", ["make", "--silent", "book"]),
    ("students' notebooks", [*GRADER, "build"]),
    ("sample class", [*GRADER, "sample-class"]),
    ("grading", [*GRADER, "grade"]),
    ("feedback", [*GRADER, "feedback"]),
    ("class report", [*GRADER, "report"]),
    ("verdicts as expected?", [*GRADER, "sample-class", "--verify"]),
]
RESULTS = [
    ("the book", "_build/html/index.html"),
    ("the students' notebooks", "course/release"),
    ("feedback, a page a student", "course/feedback"),
    ("the class report", "course/report/index.html"),
]


def main() -> int:
    """Run the steps in order, stop at the first that fails, print times and places."""
    times = []
    for name, command in STEPS:
        print(f"\n== {name}: {' '.join(command)}", flush=True)
        start = time.monotonic()
        code = subprocess.call(command, cwd=ROOT)
        times.append((name, time.monotonic() - start))
        if code:
            print(f"\nThe step '{name}' failed with exit status {code}. The steps before it are done.")
            return code
    print("\nTime of each step:")
    for name, seconds in [*times, ("all", sum(seconds for _, seconds in times))]:
        print(f"  {name:<24}{seconds:8.1f} s")
    print("\nOpen:")
    for name, path in RESULTS:
        print(f"  {name:<28}{ROOT / path}")
    print("  JupyterLab on the notebooks make lab")
    return 0


if __name__ == "__main__":
    sys.exit(main())
