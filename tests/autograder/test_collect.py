"""Archives as Canvas and Moodle give them, and hostile ones: nothing leaves its place, every refusal has a reason."""

import csv
import datetime
import stat
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.course import Course
from autograder.files import Refused
from autograder.gradebook.handed_in import handed_in
from autograder.lms import SYSTEMS
from autograder.lms.collect import collect, table_of
from autograder.lms.roster import read_roster
from autograder.lms.system import System, Upload, either
from autograder.lms.times import read_times

NAME = "ch01_rnn"
NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


@pytest.fixture
def course(tmp_path):
    source = tmp_path / "course" / "source" / "ch01_rnn"
    source.mkdir(parents=True)
    (source / "ch01_rnn.ipynb").write_bytes(NOTEBOOK)
    return Course(tmp_path / "course")


def archive(path, entries):
    """Write a zip file. entries: (name, content) or (ZipInfo, content)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries:
            made.writestr(name, content)
    return path


def at(name, *when, mode=None):
    info = zipfile.ZipInfo(name, when or (2026, 3, 1, 12, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    if mode is not None:
        info.external_attr = mode << 16
    return info


def submitted(course):
    return {p.parent.parent.name: p.read_bytes() for p in course.root.glob("submitted/*/ch01_rnn/ch01_rnn.ipynb")}


def test_canvas_names_versions_and_late_marks(course, tmp_path):
    zipped = archive(
        tmp_path / "c.zip",
        [
            (at("doejane_4711_1001_ch01_rnn.ipynb"), b"first"),
            (at("doejane_4711_1002_ch01_rnn-1.ipynb"), b"second"),
            (at("doejane_4711_1003_ch01_rnn-2.ipynb"), b"third"),
            (at("musterjörg_LATE_4712_1004_ch01_rnn.ipynb"), b"late"),
        ],
    )
    got = collect(course, zipped, "ch01_rnn")
    assert submitted(course) == {"doejane-4711": b"third", "musterjorg-4712": b"late"}
    assert got.taken["musterjorg-4712"].when.late and not got.taken["doejane-4711"].when.late
    assert [(one.name[13:17], one.why[:35]) for one in got.older] == [
        ("1001", "doejane_4711_1002_ch01_rnn-1.ipynb "),
        ("1002", "doejane_4711_1003_ch01_rnn-2.ipynb "),
    ]
    assert got.refused == []
    when = handed_in(course, NAME, "doejane-4711")
    assert (when.time, when.version, when.late) == (None, 1003, None)  # the archive's times are those of zipping
    assert not (course.root / "submitted/doejane-4711/ch01_rnn/timestamp.txt").exists()
    assert handed_in(course, NAME, "musterjorg-4712").late is True


def test_moodle_with_folders_and_without_and_the_assignments_name_counts_first(course, tmp_path):
    zipped = archive(
        tmp_path / "m.zip",
        [
            (at("Zoë O'Neil_31_assignsubmission_file/ch01_rnn.ipynb"), b"right"),
            (at("Zoë O'Neil_31_assignsubmission_file/old.ipynb"), b"scratch"),
            (at("Bo_32_assignsubmission_file_/notes.txt"), b"hello"),
            (at("Participant_33_assignsubmission_file_ch01_rnn (1).ipynb"), b"flat"),
        ],
    )
    got = collect(course, zipped, "ch01_rnn")
    assert submitted(course) == {"zoeoneil-31": b"right", "participant-33": b"flat"}
    assert got.refused == [("Bo_32_assignsubmission_file_/notes.txt", "it is no notebook")]
    assert got.strange == []


def test_a_number_at_the_end_of_another_file_is_no_version(course, tmp_path):
    entries = [
        ("doe_1_11_ch01_rnn.ipynb", b"right"),
        ("doe_1_12_scratch-2.ipynb", b"no"),
        ("roe_2_13_mine-7.ipynb", b"r"),
    ]
    got = collect(course, archive(tmp_path / "c.zip", [(at(name), text) for name, text in entries]), NAME)
    assert submitted(course) == {"doe-1": b"right", "roe-2": b"r"}
    assert [why for _, why in got.strange] == ["its file is called mine.ipynb"]
    assert [one.why for one in got.older] == ["doe_1_11_ch01_rnn.ipynb bears the assignment's name"]


def test_anonymous_archives_and_names_in_other_scripts(course, tmp_path):
    (tmp_path / "roster.csv").write_text("student,lms_id,lms_name\nfang,,王芳\nanon1,anonx7k2p,\nnr5,5,\n")
    names = ["王芳_9_1_ch01_rnn.ipynb", "anon_x7k2p_2_ch01_rnn.ipynb", "5_3_ch01_rnn.ipynb", "late_6_4_ch01_rnn.ipynb"]
    zipped = archive(tmp_path / "c.zip", [(at(name), name.encode()) for name in names])
    got = collect(course, zipped, NAME, read_roster(tmp_path / "roster.csv"))
    assert {k: v.decode() for k, v in submitted(course).items()} == dict(zip(["fang", "anon1", "nr5"], names))
    assert got.refused == [("late_6_4_ch01_rnn.ipynb", "this student is not on the roster")]


def test_what_is_newer_stays_and_what_is_replaced_is_kept(course, tmp_path):
    for upload, content in ((20, b"new"), (10, b"old"), (30, b"newest")):
        zipped = archive(tmp_path / f"{upload}.zip", [(at(f"doe_1_{upload}_ch01_rnn.ipynb"), content)])
        got = collect(course, zipped, NAME)
        if upload == 10:
            assert got.taken == {} and got.older[0].why == "a newer upload is there already"
            assert submitted(course) == {"doe-1": b"new"}
    assert submitted(course) == {"doe-1": b"newest"} and "it replaces what was there" in got.strange[0][1]
    assert [path.read_bytes() for path in course.root.glob("replaced/doe-1/ch01_rnn/*.ipynb")] == [b"new"]


TIMES = {
    "canvas.json": '[{"user_id": 1, "submitted_at": "2026-03-01T11:00:00Z", "late": false}, {"user_id": 2}]',
    "moodle.csv": "Identifier,Last modified (submission)\n"
    'Participant 1,"Sunday, 1 March 2026, 12:00 PM"\nParticipant 2,-\n',
    "own.csv": "lms_id,submitted_at\n1,2026-03-01 12:00:00+01:00\n",
}


@pytest.mark.parametrize("file", TIMES)
def test_times_come_out_of_what_the_platform_exports(course, tmp_path, file):
    (tmp_path / file).write_text(TIMES[file])
    times = read_times(tmp_path / file, "Europe/Zurich")
    zipped = archive(tmp_path / "c.zip", [(at(f"a_{k}_7_ch01_rnn.ipynb"), b"x") for k in (1, 2)])
    collect(course, zipped, NAME, times=times)
    one, two = handed_in(course, NAME, "a-1"), handed_in(course, NAME, "a-2")
    assert (one.time, one.source) == (datetime.datetime(2026, 3, 1, 11), file)
    assert two.time is None and two.source == "the archive, which tells no time"
    stamp = course.root / "submitted/a-1/ch01_rnn/timestamp.txt"
    assert stamp.read_text() == "2026-03-01 11:00:00 UTC"


@pytest.mark.parametrize(
    "text, words",
    [
        ("a,b\n", r"got columns \['a', 'b'\], expected lms_id and submitted_at or"),
        ("lms_id,submitted_at\n1,soon\n", "got the time 'soon' in entry 1"),
        ("lms_id,submitted_at\n1,9999-12-31\n", "got the time '9999-12-31' in entry 1"),
        ("[1]", "got JSON of another form"),
        ("[{", "got text that is no JSON"),
    ],
)
def test_a_file_of_times_that_is_none_is_refused(tmp_path, text, words):
    (tmp_path / "t").write_text(text)
    with pytest.raises(ValueError, match=words):
        read_times(tmp_path / "t")
    with pytest.raises(ValueError, match="zone: got 'Nowhere'"):
        read_times(tmp_path / "t", "Nowhere")


def test_every_decision_is_a_row_with_its_reason(course, tmp_path):
    names = ["doe_LATE_1_11_ch01_rnn.ipynb", "doe_1_10_ch01_rnn.ipynb", "what.txt", "=1_2_3_x.ipynb"]
    got = collect(course, archive(tmp_path / "c.zip", [(at(name), b"x") for name in names]), NAME)
    rows = list(csv.DictReader(table_of(course, NAME, got).read_text().splitlines()))
    assert [(row["decision"], row["entry"], row["why"], row["marked as"]) for row in rows] == [
        ("older", "doe_1_10_ch01_rnn.ipynb", "doe_LATE_1_11_ch01_rnn.ipynb is the newer upload", ""),
        ("refused", "what.txt", got.refused[0][1], ""),
        ("taken", "'=1_2_3_x.ipynb", "its file is called x.ipynb", ""),  # no formula in a spreadsheet
        ("taken", "doe_LATE_1_11_ch01_rnn.ipynb", "", "late"),
    ]
    assert {row["handed in"] for row in rows} == {"unknown", ""}


def test_a_roster_gives_the_names_and_refuses_strangers(course, tmp_path):
    (tmp_path / "roster.csv").write_text('student,lms_id,lms_name\nzoe,31,\njane,,"Doe, Jane"\n')
    zipped = archive(
        tmp_path / "m.zip",
        [
            (at("Zoe_31_assignsubmission_file_/w.ipynb"), b"z"),
            (at("doejane_99_7_w.ipynb"), b"j"),
            (at("eve_66_7_w.ipynb"), b"e"),
        ],
    )
    got = collect(course, zipped, "ch01_rnn", read_roster(tmp_path / "roster.csv"))
    assert submitted(course) == {"zoe": b"z", "jane": b"j"}
    assert got.refused == [("eve_66_7_w.ipynb", "this student is not on the roster")]


HOSTILE = {
    "../../../tmp/x_1_2_evil.ipynb": "leads out",
    "/etc/x_1_2_evil.ipynb": "leads out",
    "C:\\x_1_2_evil.ipynb": "leads out",
    "..\\..\\x_1_2_evil.ipynb": "leads out",
    "a/../../x_1_assignsubmission_file_/e.ipynb": "leads out",
    "sub/x_1_2_evil.ipynb": "its name is neither",
    "plain.ipynb": "its name is neither",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_names_that_lead_out_are_refused_and_write_nothing(name, course, tmp_path):
    before = {p for p in tmp_path.rglob("*")}
    zipped = archive(tmp_path / "h.zip", [(at(name), b"evil"), (at("ok_5_6_w.ipynb"), b"fine")])
    got = collect(course, zipped, "ch01_rnn")
    assert len(got.refused) == 1 and HOSTILE[name] in got.refused[0][1]
    new = {p for p in tmp_path.rglob("*") if p.is_file()} - before - {zipped}
    assert {p.name for p in new} == {"ch01_rnn.ipynb", "handed_in.json"} and submitted(course) == {"ok-5": b"fine"}


def test_links_bombs_encrypted_and_damaged_entries_are_refused(course, tmp_path):
    bomb = bytes(80 << 20)
    zipped = archive(
        tmp_path / "b.zip",
        [
            (at("link_1_2_w.ipynb", mode=stat.S_IFLNK | 0o777), b"/etc/passwd"),
            (at("bomb_2_2_w.ipynb"), bomb),
            (at("thin_3_2_w.ipynb"), bytes(8 << 20)),
            (at("ok_4_2_w.ipynb"), NOTEBOOK),
            (at("torn_5_2_w.ipynb"), bytes(range(256)) * 50),
        ],
    )
    data = bytearray(zipped.read_bytes())
    position = data.index(b"torn_5_2_w.ipynb") + len("torn_5_2_w.ipynb") + 5
    data[position : position + 40] = b"\xff" * 40
    zipped.write_bytes(bytes(data))
    got = collect(course, zipped, "ch01_rnn")
    reasons = {name.split("_")[0]: reason for name, reason in got.refused}
    assert "link" in reasons["link"] and "would unpack to" in reasons["bomb"]
    assert "cannot be unpacked" in reasons["torn"] and submitted(course) == {"ok-4": NOTEBOOK, "thin-3": bytes(8 << 20)}


def test_a_size_that_lies_is_found_out_while_reading(course, tmp_path):
    zipped = archive(tmp_path / "l.zip", [(at("liar_1_2_w.ipynb"), bytes(70 << 20))])
    data = zipped.read_bytes().replace((70 << 20).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    zipped.write_bytes(data)
    got = collect(course, zipped, "ch01_rnn")
    assert len(got.refused) == 1 and submitted(course) == {}


def test_what_is_no_archive_or_no_assignment_is_an_error(course, tmp_path):
    (tmp_path / "x.zip").write_bytes(b"PK not really")
    with pytest.raises(ValueError, match="archive: got"):
        collect(course, tmp_path / "x.zip", "ch01_rnn")
    with pytest.raises(ValueError, match="assignment: got 'ch99'"):
        collect(course, tmp_path / "x.zip", "ch99")


@pytest.mark.parametrize(
    "text, words",
    [
        ("name,id\n", "columns"),
        ("student,lms_id\n../x,3\n", "got the student"),
        ("student,lms_id\na,3\nb,3\n", "expected one of them"),
    ],
)
def test_a_bad_roster_is_refused(text, words, tmp_path):
    (tmp_path / "r.csv").write_text(text)
    with pytest.raises(ValueError, match=words):
        read_roster(tmp_path / "r.csv")


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
@given(
    name=st.text()
    | st.from_regex(r"[a-z]+(_LATE)?_[0-9]+_[0-9]+_.{1,9}(-[0-9]{1,9})?\.ipynb")
    | st.from_regex(r"[a-z ]+_[0-9]+_assignsubmission_file_/.+")
)
@example(name="jane_4711_1001_work-2.ipynb")
@example(name="Jane_31_assignsubmission_file_/work.ipynb")
@example(name="Jane_31_assignsubmission_file_work.ipynb")
def test_a_system_reads_any_name_or_leaves_it_to_the_others(system, name):
    upload = system.read(name)
    if upload is not None:
        assert upload.file and upload.id.isalnum() and upload.version >= 0
        assert [other.name for other in SYSTEMS if other.read(name) is not None] == [system.name]
    assert isinstance(system.student_id(name), str) and system.marks(name, "ch01_rnn") in (True, False)


def test_no_two_systems_share_a_column_or_a_name():
    columns = [column for system in SYSTEMS for column in system.students]
    assert len(set(columns)) == len(columns) and len({system.name for system in SYSTEMS}) == len(SYSTEMS)
    assert either(["A"]) == "A" and either(["A", "B", "C"]) == "A, B or C"


def test_what_a_system_refuses_is_told_and_no_id_leads_to_another_folder(course, tmp_path, monkeypatch):
    def read(name):
        if name.startswith("anonymous"):
            raise Refused("nobody can tell whose it is")
        return Upload("jane", name.split("-")[0], "w.ipynb")

    trusting = System("Trusting", "ID-FILE", read, ("Login",), lambda column, assignment: False)
    monkeypatch.setattr("autograder.lms.collect.SYSTEMS", (trusting,))
    zipped = archive(tmp_path / "t.zip", [(at("anonymous-w"), b"a"), (at("x/y-w"), b"b"), (at("7a-w"), b"c")])
    got = collect(course, zipped, "ch01_rnn")
    assert submitted(course) == {"jane-7a": b"c"}
    assert got.refused == [
        ("anonymous-w", "nobody can tell whose it is"),
        ("x/y-w", "its student's id is not made of letters and digits"),
    ]
