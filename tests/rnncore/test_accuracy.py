"""The contract of accuracy: every function within its bound against forty digits; the book has them all."""

import json
from pathlib import Path

import mpmath
import numpy as np
import pytest

from tools import accuracy

KEPT = json.loads((Path(__file__).resolve().parents[2] / "results/accuracy.json").read_text())


def test_every_function_of_every_engine_is_within_its_bound():
    found = accuracy.rows(count=100)
    assert [row for row in found if not row.error <= accuracy.BOUND] == []
    key = lambda row: (row["function"], row["where"], row["dtype"])  # noqa: E731
    assert {key(row._asdict()) for row in found} == {key(row) for row in KEPT["rows"]}


def test_the_table_in_the_book_keeps_the_contract():
    assert KEPT["bound"] == accuracy.BOUND and all(row["error"] <= KEPT["bound"] for row in KEPT["rows"])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_tail_that_is_lost_is_seen(dtype):
    x = accuracy.samples(dtype, 50)
    lost = (np.tanh(x / 2) + 1) / 2
    assert accuracy.ulps(lost, accuracy.exact(accuracy.exact_sigmoid, x)).max() > 1e3
    assert accuracy.ulps(np.array([1.5], dtype), [mpmath.mpf(1.5) + mpmath.mpf(float(np.finfo(dtype).eps))])[0] == 1
