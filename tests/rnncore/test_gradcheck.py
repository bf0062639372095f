"""The oracles themselves, on functions whose derivative is known in closed form."""

import numpy as np
import pytest

from rnncore.gradcheck import GradientError, complex_step, finite_difference, gradcheck, relative_error

x = np.random.default_rng(0).normal(size=(3, 2))


def f(x):
    return (np.sin(x) * np.exp(x)).sum()


EXACT = np.exp(x) * (np.sin(x) + np.cos(x))


def test_the_complex_step_is_exact_to_rounding():
    assert relative_error(complex_step(f, x), EXACT) <= 1e-15


def test_finite_differences_are_good_to_nine_digits_and_not_exact():
    assert 1e-14 < relative_error(finite_difference(f, x), EXACT) <= 1e-9


def test_a_function_that_drops_the_imaginary_part_is_named():
    with pytest.raises(TypeError, match="complex"):
        complex_step(lambda x: float(np.real(x).sum()), x)


def test_gradcheck_passes_right_gradients_and_names_the_wrong_array_and_entry():
    arrays = {"a": x, "b": x + 1}
    right = {"a": EXACT, "b": 2 * (x + 1)}
    loss = lambda v: f(v["a"]) + (v["b"] ** 2).sum()  # noqa: E731
    assert max(gradcheck(loss, arrays, right).values()) <= 1e-14
    wrong = {**right, "b": right["b"] + np.eye(3, 2)[::-1] * 0.01}
    with pytest.raises(GradientError, match=r"b: .*entry is \(2, 0\)|b: .*entry is \(1, 1\)"):
        gradcheck(loss, arrays, wrong)


def test_relative_error_refuses_shapes_that_broadcast():
    with pytest.raises(ValueError, match="a: got shape"):
        relative_error(np.zeros((1, 2)), np.zeros(2))
