"""The promises of `tools/fuzz_targets.py`, on every seed and on a few hundred fresh inputs."""

import itertools
import json
import random
import tracemalloc
import zipfile

import pytest

from autograder.course import Course
from autograder.inside.protocol import ProtocolError, decode
from autograder.lms.collect import collect
from autograder.notebook import MAX_BYTES, read_notebook
from tools import fuzz
from tools.fuzz_inputs import SEEDS, mutate, seeds, wander
from tools.fuzz_targets import TARGETS, TooMuch, bounded

FILES = [path for target in TARGETS for path in seeds(target)]
RUNS = {"protocol": 1500, "notebook": 300, "archive": 1000, "outputs": 300}
MOST = 64 << 20
"""Bytes that one input may take."""


def test_the_lists_are_equal():
    assert list(TARGETS) == fuzz.NAMES == list(RUNS)
    assert {path.name for path in SEEDS.iterdir()} == set(TARGETS)


def test_seeds_are_few_and_small():
    assert len(FILES) <= 80
    assert all(path.stat().st_size <= 4096 for path in FILES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_seed(path):
    data = path.read_bytes()
    TARGETS[path.parent.name](data)  # imports and caches are not this input's
    tracemalloc.start()
    try:
        with bounded(seconds=5):
            TARGETS[path.parent.name](data)
        assert tracemalloc.get_traced_memory()[1] < MOST
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("target", TARGETS)
def test_fresh_inputs(target):
    known = [path.read_bytes() for path in seeds(target)]
    for data in itertools.islice(wander(target, 1, known), RUNS[target]):
        try:
            with bounded(seconds=5):
                TARGETS[target](data)
        except BaseException:
            print(f"the input: {data!r}")
            raise


def test_tensors_are_read_as_safely():
    pytest.importorskip("torch")
    for path in seeds("protocol"):
        TARGETS["protocol"](path.read_bytes())


@pytest.mark.parametrize("target", TARGETS)
def test_equal_seeds_give_equal_inputs(target):
    known = [path.read_bytes() for path in seeds(target)]
    first, second = (list(itertools.islice(wander(target, 3, known), 50)) for _ in range(2))
    assert first == second and len(set(first)) > 40


def cells_of_nothing(count):
    outputs = b",".join([b"{}"] * count)
    return b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "outputs": [' + outputs + b"]}]}"


@pytest.mark.parametrize(
    "data",
    [
        cells_of_nothing(900_000),
        cells_of_nothing(6_000_000),
        b'{"nbformat": 4, "cells": [' + b",".join([b'{"cell_type": "code"}'] * 800_000) + b"]}",
        b'{"nbformat": 4, "cells": [' + b",".join([b'""'] * 6_000_000) + b"]}",
        b'{"nbformat": 4, "cells": [], "metadata": {"rnn_course": {"a": [' + b",".join([b"{}"] * 900_000) + b"]}}}",
        b"[" * MAX_BYTES,
        json.dumps({"nbformat": 4, "cells": [{"cell_type": "raw", "source": ["a"] * 3_000_000}]}).encode(),
    ],
    ids=["outputs", "more outputs", "cells", "no cells", "metadata", "depth", "lines"],
)
def test_a_large_notebook_takes_neither_long_nor_much(data):
    assert len(data) <= MAX_BYTES
    tracemalloc.start()
    try:
        with bounded(seconds=20):  # tracing is slow
            read_notebook(data)
    except ValueError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 300 << 20


def test_a_directory_of_a_zip_file_is_not_read_beyond_a_bound(tmp_path):
    source = tmp_path / "source" / "a" / "a.ipynb"
    source.parent.mkdir(parents=True)
    source.touch()
    with zipfile.ZipFile(tmp_path / "large.zip", "w") as made:
        for k in range(400):
            info = zipfile.ZipInfo(f"jo_{k}_1_a.ipynb")
            info.comment = bytes(65_000)
            made.writestr(info, b"{}")
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="too much at once"):
            collect(Course(tmp_path), tmp_path / "large.zip", "a")
        assert tracemalloc.get_traced_memory()[1] < 10 << 20
    finally:
        tracemalloc.stop()


def test_keys_that_share_a_hash_take_no_time():
    pairs = [[k * (2**61 - 1), None] for k in range(19_000)]
    with bounded(seconds=1), pytest.raises(ProtocolError):
        decode({"d": pairs})


def test_a_number_that_is_none_is_not_sent_back():
    asked = json.dumps({"callback": 0, "args": [1], "k": "é" * 2_000_000}, ensure_ascii=False)
    TARGETS["protocol"](asked.encode() + b'\n{"value": 1}')


def test_a_broken_promise_is_kept_and_told(tmp_path, monkeypatch, capsys):
    from tools import fuzz_targets

    def broken(data):
        raise IndexError("no")

    monkeypatch.setattr(fuzz, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(fuzz, "ROOT", tmp_path)
    monkeypatch.setitem(fuzz_targets.TARGETS, "outputs", broken)
    record = fuzz.Recorder("outputs", fuzz_targets)
    for data in (b"one", b"two"):
        record(data)
    assert [path.read_bytes() for path in record.found.iterdir()] == [b"one"]
    assert "IndexError: no" in capsys.readouterr().out


def test_what_never_ends_is_ended():
    with pytest.raises(TooMuch), bounded(seconds=0.1):
        while True:
            try:
                mutate("protocol", b"{}", random.Random(0))
                raise ValueError
            except Exception:
                continue


def test_the_time_is_shared_and_what_was_killed_starts_again(tmp_path, monkeypatch, capsys):
    calls = []
    monkeypatch.setattr(fuzz, "RUNS", tmp_path)
    monkeypatch.setattr(fuzz.time, "monotonic", lambda: 30.0 * len(calls))
    assert fuzz.all_of(["archive", "outputs"], 120.0, 7, run=lambda command, cwd: calls.append(command) or -9) == 0
    assert [command[command.index("--target") + 1] for command in calls] == ["archive"] * 2 + ["outputs"] * 2
    assert [command[-1] for command in calls] == ["7", "8"] * 2
    assert "0 inputs found" in capsys.readouterr().out


def test_without_coverage_it_runs_too(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(fuzz, "RUNS", tmp_path)
    monkeypatch.setattr(fuzz, "ROOT", tmp_path)
    fuzz.blind("outputs", 0.3, 0)
    assert "0 places found" in capsys.readouterr().out
