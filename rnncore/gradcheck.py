"""Independent oracles for gradients: differences of function values, real and complex."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

__all__ = ["GradientError", "complex_step", "finite_difference", "gradcheck", "relative_error"]


class GradientError(AssertionError):
    """A gradient is not the derivative of the function it is said to belong to."""


def relative_error(a: np.ndarray, b: np.ndarray) -> float:
    """Return max|a - b| / max|b|; the plain max|a| where b is zero throughout."""
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        raise ValueError(f"a: got shape {a.shape}, expected {b.shape}, that of b")
    scale = np.abs(b).max(initial=0.0)
    return float(np.abs(a - b).max(initial=0.0) / (scale if scale > 0 else 1.0))


def finite_difference(f: Callable[[np.ndarray], float], x: np.ndarray, eps: float = 6e-6) -> np.ndarray:
    """Compute the gradient of a real function of an array by differences, (f(x + eps e) - f(x - eps e)) / (2 eps).

    Equation: finite-difference
    x: float64, any shape. eps: the default is about the cube root of the rounding unit, where the truncation error
    eps^2 and the rounding error 1e-16 / eps are alike. Returns an array like x.
    Raises ValueError for an eps that is not positive, TypeError when f returns an array.
    """
    _check_eps(eps)
    return _entrywise(x, float, lambda probe, k: _central(lambda flat: f(flat.reshape(np.shape(x))), probe, k, eps))


def complex_step(f: Callable[[np.ndarray], complex], x: np.ndarray, eps: float = 1e-30) -> np.ndarray:
    """Compute the gradient of a real-analytic function by Im f(x + i eps e) / eps: no difference, so nothing cancels.

    Equation: complex-step
    f must be built from analytic operations and keep a complex dtype. Returns an array like x.
    Raises TypeError when f drops the imaginary part or x is complex, ValueError for an eps that is not positive.
    """
    _check_eps(eps)
    if np.iscomplexobj(x):
        raise TypeError(f"x: got dtype {np.asarray(x).dtype}, expected real numbers")

    def derivative(probe: np.ndarray, k: int) -> float:
        probe[k] += 1j * eps
        value = f(probe.reshape(x.shape))
        probe[k] = probe[k].real
        if np.ndim(value):
            raise TypeError(f"f: got an array of shape {np.shape(value)} from it, expected a number")
        if not np.iscomplexobj(value):
            raise TypeError(f"f: got a {type(value).__name__} for a complex argument, expected a complex number")
        return float(np.imag(value) / eps)

    return _entrywise(x, complex, derivative)


def gradcheck(
    f: Callable[[Mapping[str, np.ndarray]], complex],
    arrays: Mapping[str, np.ndarray],
    gradients: Mapping[str, np.ndarray],
    rtol: float = 1e-10,
    method: Callable = complex_step,
) -> dict[str, float]:
    """Compare gradients of a scalar function of named arrays with `method`, one array at a time.

    f: takes the arrays by name, returns a number. rtol: the largest relative error that passes.
    Returns the relative error of each. Raises GradientError naming the worst array, its error and the worst entry.
    Raises ValueError for names or shapes of gradients that are not those of the arrays.
    """
    if missing := arrays.keys() - gradients.keys():
        raise ValueError(f"gradients: got none for {sorted(missing)}, expected the names of arrays, {sorted(arrays)}")
    for name, x in arrays.items():
        if np.shape(gradients[name]) != np.shape(x):
            raise ValueError(f"gradients: got shape {np.shape(gradients[name])} for {name}, expected {np.shape(x)}")
    errors = {}
    for name in arrays:
        want = method(lambda probe, name=name: f({**arrays, name: probe}), arrays[name])
        errors[name] = relative_error(gradients[name], want)
        if not errors[name] <= rtol:
            where = np.unravel_index(np.argmax(np.abs(gradients[name] - want)), want.shape)
            raise GradientError(
                f"{name}: got relative error {errors[name]:.2g}, expected at most {rtol:.2g}; "
                f"the worst entry is {tuple(int(i) for i in where)}"
            )
    return errors


def _check_eps(eps):
    if not eps > 0:
        raise ValueError(f"eps: got {eps}, expected a positive number")


def _central(f, probe, k, eps):
    centre = probe[k]
    probe[k] = centre + eps
    above = f(probe)
    probe[k] = centre - eps
    below = f(probe)
    probe[k] = centre
    if np.ndim(above):
        raise TypeError(f"f: got an array of shape {np.shape(above)} from it, expected a number")
    return (above - below) / (2 * eps)


def _entrywise(x, dtype, derivative):
    probe = np.array(x, dtype=dtype).ravel()
    return np.array([derivative(probe, k) for k in range(probe.size)]).reshape(np.shape(x))
