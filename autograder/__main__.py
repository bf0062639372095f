"""The command line of the grader: `python -m autograder COMMAND --help` explains each."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from autograder import startup  # noqa: F401  (first)
from autograder.course import Course
from autograder.lms import SYSTEMS
from autograder.lms.system import either

KNOWN = either(system.name for system in SYSTEMS)


def _version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from rnncore import __version__

        click.echo(f"rnn-course {__version__}")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Say which it is.")
def main() -> None:
    """Build assignments, check your own work, grade a class.

    \b
    A student:      python -m autograder check my_notebook.ipynb
    An instructor:  build, then grade, feedback, report; doctor tells whether the sandbox holds here.

    Everything of a course lies in one folder, course/ unless --course says otherwise, in nbgrader's layout:
    source/, release/, submitted/STUDENT/ASSIGNMENT/, autograded/, feedback/, gradebook.db.
    """


FILE, FOLDER = click.Path(exists=True, dir_okay=False, path_type=Path), click.Path(path_type=Path)
in_course = click.option(
    "--course", "root", default="course", show_default=True, type=FOLDER, help="The folder of the course."
)
one_assignment = click.option("--assignment", help="Only this assignment, ch01_rnn for example.")
one_student = click.option("--student", help="Only this student.")
unsafe = click.option(
    "--unsafe-without-sandbox", "unsafe", is_flag=True, help="Run student code unguarded, where bubblewrap is missing."
)


@main.command()
@in_course
@click.option("--database", help="Keep the gradebook here: postgresql+psycopg://USER@HOST/NAME, or sqlite:///PATH.")
def build(root: Path, database: str | None) -> None:
    """Make the notebooks from the files in solutions/.

    Writes source/ (with answers, for you) and release/ (without, for students) and nbgrader_config.py.
    The same sources give the same bytes, so it is safe to run at any time.
    """
    from autograder.build import build as build_course

    if database:
        Course(root).use_database(database)
    for path in build_course(Course(root)):
        click.echo(f"released {path}")


@main.command()
@click.argument("notebook", type=FILE)
def check(notebook: Path) -> None:
    """Check your own NOTEBOOK, as its check cells would, and say what is not right yet.

    Your cells run here, on your machine, as they do in JupyterLab. The hidden tests are the same with other numbers.
    What does not end is stopped, with its line, where the grader would stop it; the rest is checked all the same.
    The exit status is 1 when something fails.

    Example: python -m autograder check ch01_rnn.ipynb
    """
    from autograder.selfcheck import check_notebook

    seen, failed = 0, 0
    try:
        for verdict in check_notebook(notebook, lambda exercise: click.echo(f"\nchecking {exercise} ...", err=True)):
            seen, failed = seen + 1, failed + (not verdict.passed)
            mark = click.style("right", fg="green") if verdict.passed else click.style("not right", fg="red")
            click.echo(f"[{mark}] {verdict.exercise}\n{verdict.message}")
    except KeyboardInterrupt:
        click.echo(f"\nStopped. Of {seen} checked, {failed} not right yet.")
        sys.exit(130)
    click.echo(f"\n{failed} not right yet." if failed else "\nAll right.")
    sys.exit(1 if failed else 0)


@main.command()
@in_course
@one_assignment
@one_student
@click.option("--jobs", type=int, help="Submissions side by side; one per core unless you say otherwise.")
@click.option("--again", is_flag=True, help="Grade unchanged submissions, too.")
@click.option(
    "--cell-seconds", type=float, default=30, show_default=True, help="Wall clock for one of a student's cells."
)
@click.option("--scheduler", help="Address of a Dask scheduler, tcp://host:8786; its workers grade.")
@click.option("--cold", is_flag=True, help="A sandbox for each submission, in place of one for each process.")
@unsafe
def grade(root, assignment, student, jobs, again, cell_seconds, scheduler, cold, unsafe) -> None:
    """Grade every submission that is new or has changed.

    Student code runs in a sandbox; the tests run outside it, on inputs that come from the course's secret.
    Scores go to gradebook.db, graded notebooks to autograded/, a record of everything to audit/.
    Stop it whenever you like: what was reported is kept, and the next run goes on with the rest.

    Example: python -m autograder grade --assignment ch01_rnn
    """
    from autograder.batch.workers import start_early

    if scheduler is None:
        start_early()
    from autograder.batch.grade import grade as grade_course
    from autograder.sandbox import Limits
    from autograder.sandbox.bubblewrap import available

    if available() is None and not unsafe:
        raise click.ClickException(
            "bubblewrap is not installed: student code would run unguarded, your files and network in its reach.\n"
            "Install it (Debian, Ubuntu: apt install bubblewrap), or say --unsafe-without-sandbox if you mean it."
        )
    try:
        course, limits = Course(root), Limits(cell=cell_seconds)
        report = grade_course(course, assignment, student, jobs, limits, unsafe, again, scheduler=scheduler, cold=cold)
    except KeyboardInterrupt:
        click.echo("\nStopped. What was reported is kept; run the same command to go on.", err=True)
        sys.exit(130)
    click.echo(f"graded {report.graded}, unchanged {report.skipped}, in {report.seconds:.1f} s")
    for who, what, before, now in report.changed:
        click.echo(f"other points than before: {who}, {what}: {before:g}, now {now:g}")
    for who, what, why in report.failed:
        click.echo(f"could not be graded, try again: {who}, {what}: {why}", err=True)
    sys.exit(1 if report.failed else 0)


@main.command(epilog=f"Archives of {KNOWN} are known.")
@click.argument("archive", required=False, type=FILE)
@in_course
@click.option("--assignment", required=True, help="What the archive holds, or which to take: ch01_rnn.")
@click.option("--roster", type=FILE, help="CSV with the columns student, and lms_id or lms_name.")
@click.option("--times", type=FILE, help="When work was handed in: Canvas's JSON, Moodle's worksheet, or your own CSV.")
@click.option("--zone", default="UTC", show_default=True, help="Of times in --times that name none: Europe/Zurich.")
def collect(archive, root, assignment, roster, times, zone) -> None:
    """Take submissions out of your learning platform's zip ARCHIVE, into submitted/; without one, out of the exchange.

    Of several files of one student the newest upload counts. Every decision, with its reason, is a row of the table
    in collected/; what should be looked at is printed here. The times in an archive are those of zipping: without
    --times nobody knows when work was handed in, and only what the platform itself marks as late is late.
    """
    from autograder.lms.collect import collect as collect_from
    from autograder.lms.collect import table_of
    from autograder.lms.exchange import collect_exchange
    from autograder.lms.roster import read_roster
    from autograder.lms.times import read_times

    if archive is None:
        got = collect_exchange(Course(root), assignment)
    else:
        names, when = read_roster(roster) if roster else None, read_times(times, zone) if times else None
        got = collect_from(Course(root), archive, assignment, names, when)
    late = sum(bool(entry.when.late) for entry in got.taken.values())
    click.echo(f"{len(got.taken)} taken ({late} marked late), {len(got.older)} older versions passed over")
    for name, reason in got.refused:
        click.echo(f"refused {name!r}: {reason}", err=True)
    for name, reason in got.strange:
        click.echo(f"look at {name!r}: {reason}", err=True)
    click.echo(f"every decision is in {table_of(Course(root), assignment, got)}")
    sys.exit(1 if got.refused else 0)


@main.command()
@in_course
@one_assignment
@click.option(
    "--fill",
    "template",
    type=FILE,
    help=f"A gradebook CSV exported from {KNOWN}, to fill in; needs --assignment.",
)
@click.option("--column", help="The column to fill, if it is not named after the assignment, or Grade.")
@click.option("--roster", type=FILE, help="CSV with the columns student and lms_id.")
@click.option("--scale", is_flag=True, help="Bring the marks to the maximum that the file names.")
@click.option("--waiting", is_flag=True, help="Fill in marks of which a person's part is still missing, too.")
@click.option("--dry-run", is_flag=True, help="Print what would change, and nothing else.")
def export(root, assignment, template, column, roster, scale, waiting, dry_run) -> None:
    """Print all scores as CSV, or an LMS's own gradebook file with one column filled in.

    Lateness is counted anew, by course/policy.toml. What says EX stays, and an answer that waits for a person keeps its
    student's cell empty.

    Example: python -m autograder export --fill canvas.csv --assignment ch01_rnn > for_canvas.csv
    """
    from autograder.lms.export import export_csv, fill_template
    from autograder.reports.status import note_export

    if template is None:
        click.echo(export_csv(Course(root)), nl=False)
        return
    if assignment is None:
        raise click.UsageError("--fill needs --assignment")
    got = fill_template(Course(root), template, assignment, column, roster, scale, waiting)
    for student, before, after in got.changes if dry_run else ():
        click.echo(f"{student}: {before or 'nothing'}, then {after}")
    if not dry_run:
        click.echo(got.text, nl=False)
        note_export(Course(root), assignment)
    for student in got.missing:
        click.echo(f"not in {template.name}: {student}", err=True)
    for student in got.waiting:
        click.echo(f"left as it was, a person's points are missing: {student}", err=True)
    for student, said in got.kept:
        click.echo(f"left as it was, {said!r}: {student}", err=True)


@main.command()
@in_course
@one_assignment
@one_student
@click.option("--explain", is_flag=True, help="Say how each total came about.")
def marks(root: Path, assignment: str | None, student: str | None, explain: bool) -> None:
    """Print what each submission is worth by now: verdicts, points by hand, lateness by course/policy.toml."""
    from autograder.gradebook.ledger import ledger, settle

    chosen = [one for one in ledger(Course(root)).values() if assignment in (None, one.assignment)]
    chosen = [one for one in chosen if student in (None, one.student)]
    if not chosen:
        raise click.ClickException("nothing of that student or assignment is graded")
    settle(Course(root))
    for one in chosen:
        click.echo("\n".join(one.explained() if explain else one.explained()[:1]))


@main.command()
@in_course
def status(root: Path) -> None:
    """Say where each assignment stands, and what to type next."""
    from autograder.reports.status import status as status_of

    for one in status_of(Course(root)):
        counts = (f"{one.handed_in} handed in, {one.graded} graded, {one.waiting} waiting, {one.failed} failed, "
                  f"{one.feedback} with feedback, {one.exported} exported")  # fmt: skip
        click.echo(f"{one.assignment}: {counts}; next: {one.next}")


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@in_course
@one_assignment
def similar(folder: Path, root: Path, assignment: str | None) -> None:
    """Write the students' own cells as Python files into FOLDER, for Dolos and JPlag, which look for copies.

    Each assignment gets a folder with info.csv, which Dolos reads, and submissions/ and template/, which JPlag reads.
    What everybody was given is in template/ and does not count.

    \b
    Example:  python -m autograder similar copies --assignment ch01_rnn
              dolos run -l python copies/ch01_rnn/info.csv
              java -jar jplag.jar -l python3 copies/ch01_rnn/submissions -bc copies/ch01_rnn/template
    """
    from autograder.reports.copies import write_similar

    for written in write_similar(Course(root), folder, assignment):
        click.echo(f"{written.assignment}: {len(written.submissions)} submissions; for Dolos {written.info}")
        for student, reason in written.skipped:
            click.echo(f"skipped {student!r}: {reason}", err=True)


@main.command()
@in_course
@one_assignment
@one_student
def feedback(root: Path, assignment: str | None, student: str | None) -> None:
    """Write a page of feedback for each graded submission, into feedback/STUDENT/ASSIGNMENT/.

    It shows verdicts, what was called, where the first difference is, and known mistakes by name.
    It shows no hidden input and no expected value.
    """
    from autograder.reports.feedback import write_feedback

    pages = write_feedback(Course(root), student, assignment)
    click.echo(f"{len(pages)} pages in {Course(root).root / 'feedback'}")


@main.command()
@in_course
def report(root: Path) -> None:
    """Write the class report: scores, which test fails how often, which known mistakes occur."""
    from autograder.reports.class_report import write_report

    click.echo(f"the report is {write_report(Course(root))}")


@main.command()
def doctor() -> None:
    """Attack the sandbox on this machine and say which of its promises hold. Takes about half a minute.

    The exit status is 1 when one that grading needs does not hold, or could not be tried.
    """
    from autograder.quality.sandbox_doctor import probe

    findings = probe()
    for finding in findings:
        bad = ("does not hold", "red") if finding.required else ("would be better", "yellow")
        mark = {True: ("holds", "green"), False: bad, None: ("not tried", "yellow")}[finding.holds]
        click.echo(f"{click.style(f'{mark[0]:>15}', fg=mark[1])}  {finding.promise} ({finding.detail})")
    needed = [finding.promise for finding in findings if finding.required and not finding.holds]
    click.echo(f"do not grade here: {'; '.join(needed)}" if needed else "what grading needs holds here")
    sys.exit(1 if needed else 0)


@main.command("sample-class")
@in_course
@click.option("--verify", is_flag=True, help="Compare the gradebook with what each submission deserves.")
def sample_class(root: Path, verify: bool) -> None:
    """Hand in the work of an invented class: right, differently right, wrong, hostile, broken.

    Then `grade` it, and `sample-class --verify` tells whether each got what it deserves.
    """
    from autograder.quality import sample_class as samples

    if not verify:
        click.echo(f"{len(samples.make(Course(root)))} submissions handed in")
        return
    wrong = samples.verify(Course(root))
    for line in wrong:
        click.echo(line, err=True)
    click.echo("each submission got what it deserves" if not wrong else f"{len(wrong)} did not get what they deserve")
    sys.exit(1 if wrong else 0)


def run() -> None:
    """Run the command line: `rnn-course` where it is installed, `python -m autograder` everywhere."""
    try:
        main()
    except (OSError, ValueError) as error:  # a full disk, too: what was reported is kept
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    run()
