"""What the doctor says, and where the package's front door leads."""

import os
import re
import runpy
import subprocess
import sys

import numpy as np
import pytest

import rnncore
from rnncore.cells import LSTM
from rnncore.engines.doctor import _coretype
from rnncore.layers import init_recurrent


def test_it_names_what_is_here_and_measures(capsys):
    rnncore.doctor(seconds=0.3)
    said = capsys.readouterr().out
    assert np.__version__ in said and "thread(s)" in said
    for title in ("Machine", "Libraries", "BLAS", "GPU", "Measurement"):
        assert f"\n{title} " in f"\n{said}"
    for cell in ("RNN", "GRU", "LSTM"):
        assert f"{cell}: reference" in said
    assert "times reference" in said and "times torch" in said
    with pytest.raises(ValueError, match="seconds: got -1, expected at least 0"):
        rnncore.doctor(-1)


def test_without_a_measurement_it_only_looks(capsys):
    rnncore.doctor(0)
    assert "Measurement" not in capsys.readouterr().out


def test_what_is_told_to_openblas_is_said():
    environment = {**os.environ, "OPENBLAS_CORETYPE": "Haswell"}
    done = subprocess.run(
        [sys.executable, "-c", "import rnncore; rnncore.doctor(0)"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "OPENBLAS_CORETYPE is Haswell" in done.stdout or "openblas" not in done.stdout


def test_the_wider_kernels_are_tried_where_they_are_not_in_use(monkeypatch):
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    (line,) = _coretype({"Haswell"}, measure=True)
    assert re.search(r"(GFLOP/s, \d+ without|the processor has no AVX-512|could not be tried)$", line)
    (line,) = _coretype({"SkylakeX"}, measure=True)
    assert line.endswith("its kernels for AVX-512 are in use")


def test_explain_is_the_engines_own():
    rng = np.random.default_rng(0)
    xs, state = rng.normal(size=(2, 3, 4)), (np.zeros((3, 5)), np.zeros((3, 5)))
    choice = rnncore.explain(LSTM, xs, state, init_recurrent(LSTM, 4, 5, rng))
    assert str(choice).startswith("reference: about ")
    with pytest.raises(AttributeError, match="'rnncore' has no attribute 'nothing'"):
        _ = rnncore.nothing


def test_the_command_is_there(monkeypatch):
    called = []
    monkeypatch.setattr(rnncore, "doctor", lambda: called.append(1))
    monkeypatch.setattr(sys, "argv", ["rnncore"])
    monkeypatch.delitem(sys.modules, "rnncore.__main__", raising=False)
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("rnncore", run_name="__main__")
    assert not ended.value.code
    assert called == [1]
