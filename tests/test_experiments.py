"""The list of experiments on learning: each row can be read, run and seen, and a false sentence is told."""

import json
from pathlib import Path

import pytest

from tools import ten_times

ROOT = Path(__file__).resolve().parents[1]
ROWS = ten_times.rows()
OUTCOMES = json.loads((ROOT / "results" / "ten_times.json").read_text())
RUNNABLE = [row for row in ROWS if "untried" not in row]


def label(row):
    return row["name"]


@pytest.mark.parametrize("row", ROWS, ids=label)
def test_a_row_says_where_what_how_often_and_how_long(row):
    assert (ROOT / "book" / f"{row['page']}.md").is_file()
    assert row["seeds"] >= 1 and row["budget"] >= 1 and row["unit"]
    assert f"{row['budget']} {row['unit']}" in row["claim"] and "seed" in row["claim"]
    assert ("untried" in row) or row["seeds"] >= 5
    assert sum(key in row for key in ("measure", "exercise", "untried")) == 1


def test_names_are_unique_and_what_is_stored_is_of_a_row():
    assert len({row["name"] for row in ROWS}) == len(ROWS)
    assert set(OUTCOMES) <= {row["name"] for row in RUNNABLE}


@pytest.mark.parametrize("row", RUNNABLE, ids=label)
def test_a_row_runs_on_what_its_page_or_its_exercise_defines(row):
    numbers = ten_times.found({**row, "seeds": 1}, 20)
    assert len(numbers) == 1
    assert isinstance(ten_times.holds(row, numbers, longer=False), bool)
    assert isinstance(ten_times.holds(row, numbers, longer=True), bool)


@pytest.mark.parametrize("row", [row for row in RUNNABLE if row["name"] in OUTCOMES], ids=label)
def test_a_stored_outcome_is_of_ten_times_the_budget_and_true(row):
    stored = OUTCOMES[row["name"]]
    assert stored["budget"] == ten_times.TIMES * row["budget"]
    assert len(stored["found"]) == row["seeds"]
    assert stored["holds"] and ten_times.holds(row, stored["found"], longer=True)


def test_a_sentence_that_is_false_at_ten_times_its_budget_is_told(monkeypatch, tmp_path, capsys):
    false = {**RUNNABLE[0], "seeds": 1, "budget": 2, "holds": "max(found) < 0"}
    true = {**false, "name": "true", "at_ten": "min(found) > 0"}
    monkeypatch.setattr(ten_times, "rows", lambda: [false, true])
    file = tmp_path / "found.json"
    assert ten_times.main(["--json", str(file)]) == 1
    assert "FALSE" in capsys.readouterr().out
    kept = json.loads(file.read_text())
    assert not kept[false["name"]]["holds"] and kept["true"]["holds"]
    assert ten_times.main(["true"]) == 0
    assert json.loads(file.read_text()) == kept


def test_a_name_that_is_no_row_is_refused(capsys):
    with pytest.raises(SystemExit):
        ten_times.main(["nothing"])
    assert "nothing" in capsys.readouterr().err


def test_every_row_is_on_the_page():
    text = (ROOT / "book" / "experiments.md").read_text()
    assert "{experiments-table}" in text and "file: experiments" in (ROOT / "book" / "_toc.yml").read_text()
    assert "python -m tools.ten_times" in (ROOT / ".github" / "workflows" / "weekly.yml").read_text()
