"""CONTRIBUTING's recipe "Add an attack sample", followed to the word in a copy of the repository."""

import pytest

from autograder.quality.sample_submission import earns
from autograder.sandbox.bubblewrap import available


@pytest.mark.sandbox
@pytest.mark.skipif(available() is None, reason="bubblewrap is not installed")
def test_an_attack_sample_is_one_file(recipe, scratch):
    folder, run = scratch
    (sample,) = recipe("Add an attack sample")
    assert earns(sample) == "0"
    (folder / "autograder/samples/hostile_environment.py").write_text(sample)
    tests = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/autograder/test_attacks.py"]
    assert "1 passed" in run(*tests, "-k", "hostile_environment")
