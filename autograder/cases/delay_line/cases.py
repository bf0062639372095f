"""Weights that make a vanilla network remember signs. The judge runs it: the weights are all that counts.

For the state after k + 1 steps to tell 2^(k+1) histories apart a student may use as many units as there is room for.
A chain with a gain above 1 settles at the fixed point of s = tanh(gain s); one with a gain of 1 fades, and passes if
the readout makes up for it.
"""

from dataclasses import dataclass

import numpy as np

from autograder.checks.case import Case
from autograder.checks.contract import Contract

FUNCTIONS = ("delay_line",)
EQUATION = "rnn-forward"
PAGE = "ch01_rnn/forward"
CONTRACT = Contract(
    takes={"k": "", "least": ""}, returns={"V": "H 2", "W": "H H", "b": "H", "u": "H: the readout, y_t = u h_t"}
)
NEAR, MOST = 0.1, 500
"""So far may y be from the sign, and so many units are run."""


def readouts(x, V, W, b, u):
    """Return y (T, B): what the network says after each step, from a state of zeros."""
    V, W, b, u = (np.asarray(a, float) for a in (V, W, b, u))
    h, ys = np.zeros((x.shape[1], len(b))), []
    for x_t in x:
        h = np.tanh(x_t @ V.T + h @ W.T + b)
        ys.append(h @ u)
    return np.stack(ys)


@dataclass(frozen=True)
class Judge:
    """Feeds x (T, B, 2), signals and noise, to the network and compares its readout with the signs k steps before."""

    x: np.ndarray
    k: int

    def __call__(self, found):
        weights = [found[name] for name in ("V", "W", "b", "u")]
        if len(weights[2]) > MOST:
            return f"there are {len(weights[2])} units; {MOST} are more than enough"
        with np.errstate(all="ignore"):
            y = readouts(self.x, *weights)
        if not np.isfinite(y).all():
            return "the readout is not finite"
        k, signs = self.k, np.sign(self.x[..., 0])
        wanted, y_late = signs[: len(signs) - k], y[k:]
        off = np.abs(y_late - wanted)
        if off.max() <= NEAR:
            return None
        t, row = np.unravel_index(np.argmax(off > NEAR), off.shape)
        return (f"y is {y_late[t, row]:.2f} after step {t + k + 1} of one signal, and the signal {k} steps before it "
                f"was {self.x[t, row, 0]:.2f}. {self._seen(y, signs)}").rstrip()  # fmt: skip

    def _seen(self, y, signs):
        """Return what the readout follows instead, if it is the sign of another step, turned around or too small."""
        k = self.k
        if np.array_equal(np.sign(y[k:]), signs[: len(signs) - k]):
            sizes = np.abs(y[k:])
            return f"The sign is always right; the size of y goes from {sizes.min():.2f} to {sizes.max():.2f}."
        if np.array_equal(np.sign(y[k:]), -signs[: len(signs) - k]):
            return "The sign is always the opposite."
        for other in range(2 * k + 2):
            if other != k and np.array_equal(np.sign(y[other:]), signs[: len(signs) - other]):
                return f"y has the sign of the signal {other} step{'s' * (other != 1)} before, at every step."
        return ""


def one(name, rng, k, least):
    signal = rng.choice([-1.0, 1.0], size=(k + 24, 6)) * rng.choice([least, 1.0, 3.0], size=(k + 24, 6))
    signal[: k + 12, 0] = least  # a long run of one sign, as small as may be
    signal[k + 12 :, 0] = -least
    x = np.stack([signal, rng.normal(size=signal.shape)], axis=-1)

    def run(f):
        return dict(zip(("V", "W", "b", "u"), f.delay_line(k, least)))

    return Case(name, run, judge=Judge(x, k))


def cases(rng):
    for k in (3, 1, 2):
        yield one(f"{k} steps back" if k > 1 else "1 step back", rng, k, 0.5)
    yield one("30 steps back", rng, 30, 0.5)
    yield one("a small signal", rng, 2, 0.01)
    yield one("a small signal, 1 step back", rng, 1, 0.01)
    k, least = int(rng.integers(4, 12)), float(rng.uniform(0.05, 0.4))
    yield one("numbers that are drawn", rng, k, least)


EXPLAINED = {
    r"^`3\.0` became `[24]\.0`": "Any gain well above 1 makes a chain that does not fade.",
    r"^`gain` became `k`": "A first unit of size tanh(1) or more is enough: the gain of the chain makes up for the rest.",
    r"^`b` became `u`": "A bias of 1 on the last unit turns no sign there, since that unit receives plus or minus 3.",
}
