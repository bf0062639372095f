"""The trainings on known sources: each is measured, and the stored figures are those of the exercises there are."""

import json
from pathlib import Path

import numpy as np
import pytest

from autograder.cases.train_rnn import cases
from autograder.quality import trainings

ROOT = Path(__file__).resolve().parents[2]


def test_one_seed_is_measured_and_written(tmp_path, capsys):
    assert trainings.main(["--seeds", "1", "--json", str(tmp_path / "found.json")]) == 0
    rows = json.loads((tmp_path / "found.json").read_text())
    assert [row["exercise"] for row in rows] == trainings.trained()
    assert all(len(row["bits"]) == len(row["seconds"]) == 1 for row in rows)
    assert "train_rnn: bits above the floor" in capsys.readouterr().out


def test_the_stored_trainings_are_within_what_is_asked():
    rows = json.loads((ROOT / "results" / "trainings.json").read_text())
    assert [row["exercise"] for row in rows] == trainings.trained()
    for row in rows:
        assert len(row["bits"]) == 20 and max(row["bits"]) <= row["asked"] and max(row["seconds"]) < 20


def test_the_floor_of_train_rnn_is_its_closed_form_and_a_coin_scores_one_bit():
    q = 0.08
    ids, best = cases.strings(q, 16, 200_000, np.random.default_rng(0))
    floor = (4 - 11 * (q * np.log2(q) + (1 - q) * np.log2(1 - q))) / 15
    assert -best / ids[1:].size / np.log(2) == pytest.approx(floor, abs=2e-3)
    coin = {name: np.zeros(shape) for name, shape in {"V": (3, 2), "W": (3, 3), "b": 3, "U": (2, 3), "c": 2}.items()}
    judge = cases.Judge(ids[:, :500], cases.strings(q, 16, 500, np.random.default_rng(0))[1])
    assert cases.log_likelihood(judge.ids, coin) == pytest.approx(-15 * 500 * np.log(2))


def test_what_scores_better_than_the_source_is_an_alarm():
    ids, best = cases.strings(0.08, 16, 500, np.random.default_rng(0))
    coin = {name: np.zeros(shape) for name, shape in {"V": (3, 2), "W": (3, 3), "b": 3, "U": (2, 3), "c": 2}.items()}
    told = cases.Judge(ids, best - 6000)(coin)
    assert told is not None and "better than their own source" in told
