"""The trainings on known sources: each is measured, and the stored figures are those of the exercises there are."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.cases.train_classifier import cases as classifier
from autograder.cases.train_lm import cases as lm
from autograder.cases.train_rnn import cases
from autograder.checks.solutions import solution_scope
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


def test_the_judges_network_of_chapters_6_and_7_is_the_notebooks():
    scope = solution_scope("ch07_language")
    (case,) = lm.cases(np.random.default_rng(0))
    rng, K, H = np.random.default_rng(1), 2, 5
    P = {"E": rng.normal(size=(K, H)), "c": rng.normal(size=K)}
    P |= {name: rng.normal(size=(H, H) if axes == "H H" else H) for name, axes in lm.CELL.items()}
    judge: Any = case.judge
    hs, _ = scope["gru_forward"](P["E"][judge.ids[:-1]], np.zeros((judge.ids.shape[1], H)), P)
    logits = np.concatenate([0 * hs[:1], hs]) @ P["E"].T + P["c"]
    total, count = scope["token_nll"](logits, judge.ids, np.full(judge.ids.shape, True))
    assert judge.bits(P) == pytest.approx((total + judge.best) / count / np.log(2))

    (case,) = classifier.cases(np.random.default_rng(0))
    judge = case.judge
    P |= {f"V_{g}": rng.normal(size=(H, judge.symbols)) for g in "rzn"} | {"U": rng.normal(size=(2, H)), "c": P["c"]}
    x = np.eye(judge.symbols)[judge.ids]
    hs, _ = solution_scope("ch06_classification")["gru_forward"](x, np.zeros((x.shape[1], H)), P)
    last = hs[judge.lengths - 1, np.arange(x.shape[1])]
    assert judge.scores(P) == pytest.approx(last @ P["U"].T + P["c"])


def test_a_language_model_that_beats_its_source_is_an_alarm():
    (case,) = lm.cases(np.random.default_rng(0))
    judge: Any = case.judge
    zeros = {name: np.zeros((2, 2) if axes == "H H" else 2) for name, axes in lm.CELL.items()}
    coin = {**zeros, "E": np.zeros((2, 2)), "c": np.zeros(2)}
    assert judge.gain(coin) == pytest.approx(-judge.ids.size * np.log(2) - judge.best)
    told = lm.Judge(judge.ids, judge.best - 6000)(coin)
    assert told is not None and "better than their own source" in told


def test_no_weights_lie_below_the_floor_of_the_reviews_and_a_coin_is_where_it_should_be():
    (case,) = classifier.cases(np.random.default_rng(0))
    judge: Any = case.judge
    coin = {name: np.zeros((3, judge.symbols)) if axes == "H D" else np.zeros((3, 3)) if axes == "H H" else np.zeros(3)
            for name, axes in classifier.WEIGHTS.items()} | {"U": np.zeros((2, 3)), "c": np.zeros(2)}  # fmt: skip
    assert judge.bits(coin) == pytest.approx(1 - classifier.FLOOR)
    assert len(judge.truth) == 256 and judge.truth.mean() == 0.5
