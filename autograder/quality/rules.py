"""The rules by which a right answer becomes another right one, and at what each may fail."""

from __future__ import annotations

from autograder.checks.demands import UNCHANGED
from autograder.quality.rewrite import (
    SOLUTION,
    Rule,
    at_the_start,
    by_pattern,
    expressions,
    in_place,
    into_the_argument,
    log_of_softmax,
    packed,
    products,
    unshifted,
)

__all__ = ["RULES"]

LARGE, ONES = "large numbers", "sizes of 1"
TANH = by_pattern("own_tanh", "np.tanh(X)", "torch.tanh(X)")
SIGMOID = by_pattern(
    "own_sigmoid",
    *("sigmoid(X)", "torch.sigmoid(X)", "0.5 * (1 + np.tanh(0.5 * X))", "0.5 * (1 + np.tanh(X / 2))"),
    *("1 / (1 + np.exp(-X))", "np.exp(-np.logaddexp(0, -X))"),
)


PACKED = """
def packed(result, which):
    def each(value):
        if isinstance(value, dict):
            return {{key: each(item) for key, item in value.items()}}
        if isinstance(value, list) and value and isinstance(value[0], tuple):
            return [tuple(each(item) for item in pair) for pair in value]
        return one(value)
    parts = [result] if len(which) == 1 else list(result)
    parts = [each(part) if changes else part for part, changes in zip(parts, which)]
    return parts[0] if len(which) == 1 else tuple(parts)
"""
WRITTEN = """
def written(result, where):
    parts = [result] if len(where) == 1 else list(result)
    for k, argument in enumerate(where):
        if argument is not None:
            for key in argument:
                argument[key][...] = parts[k][key]
            parts[k] = argument
    return parts[0] if len(where) == 1 else tuple(parts)
"""
CAST = """
def cast(value):
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(np.{dtype})
    if isinstance(value, dict):
        return {{key: cast(item) for key, item in value.items()}}
    return type(value)(map(cast, value)) if type(value) in (tuple, list) else value
"""
SIGNS = """
def own_sigmoid(a):
    a = np.asarray(a)
    out, up = np.empty_like(a), a >= 0
    out[up] = 1 / (1 + np.exp(-a[up]))
    e = np.exp(a[~up])
    out[~up] = e / (1 + e)
    return out
"""
EINSUM = """
def own_product(a, b):
    if np.ndim(b) == 1:
        return np.einsum("...j,j->...", a, b)
    if np.ndim(a) == 1:
        return np.einsum("j,...jk->...k", a, b)
    return np.einsum("...ij,...jk->...ik", a, b)
"""
LOOPS = """
def own_product(a, b):
    a, b = np.asarray(a), np.asarray(b)
    if b.ndim == 1:
        return sum(a[..., j] * b[j] for j in range(len(b)))
    if a.ndim == 1:
        return own_product(a[None], b)[..., 0, :]
    return sum(a[..., :, j, None] * b[..., None, j, :] for j in range(a.shape[-1]))
"""
ARRAYS, DICTS = ("array", "flat", "number", "ids"), ("dict", "list")


def _own_tanh(form: str) -> str:
    return f"def own_tanh(z):\n    exp = {{lib}}.exp\n    return {form}\n"


def _own_sigmoid(form: str) -> str:
    return f"def own_sigmoid(a):\n    exp, tanh = {{lib}}.exp, {{lib}}.tanh\n    return {form}\n"


def _one(body: str, *kinds: str, name: str, may_lose: tuple[str, ...] = ()) -> Rule:
    return Rule(name, packed(*kinds), f"{PACKED}\ndef one(value):\n    return {body}\n", may_lose, SOLUTION)


RULES = (
    Rule("tanh as a ratio of exponentials", TANH, _own_tanh("(exp(z) - exp(-z)) / (exp(z) + exp(-z))"), (LARGE,)),
    Rule("tanh from exp(-2z)", TANH, _own_tanh("(1 - exp(-2 * z)) / (1 + exp(-2 * z))"), (LARGE,)),
    Rule("tanh from exp(2z)", TANH, _own_tanh("(exp(2 * z) - 1) / (exp(2 * z) + 1)"), (LARGE,), SOLUTION),
    Rule("tanh from the logistic function", TANH, _own_tanh("2 / (1 + exp(-2 * z)) - 1"), (LARGE,), SOLUTION),
    Rule("sigmoid from exp(-a)", SIGMOID, _own_sigmoid("1 / (1 + exp(-a))"), (LARGE,)),
    Rule("sigmoid from exp(a)", SIGMOID, _own_sigmoid("exp(a) / (1 + exp(a))"), (LARGE,)),
    Rule("sigmoid from tanh", SIGMOID, _own_sigmoid("0.5 * (1 + tanh(a / 2))"), tried_on=SOLUTION),
    Rule("sigmoid by the sign", SIGMOID, SIGNS, tried_on=SOLUTION),
    Rule("softmax without a shift", unshifted, "def without(largest):\n    return np.zeros_like(largest)\n", (LARGE,)),
    Rule("logarithm of the softmax", expressions(log_of_softmax), may_lose=(LARGE,)),
    Rule("einsum", products, EINSUM),
    Rule("loops", products, LOOPS, tried_on=SOLUTION),
    Rule("float32 inside", at_the_start, CAST.replace("{dtype}", "float32"), (LARGE,)),
    Rule("float64 inside", at_the_start, CAST.replace("{dtype}", "float64"), tried_on=SOLUTION),
    Rule("in place", in_place, "", (UNCHANGED,)),
    Rule("into the argument", into_the_argument, WRITTEN, (UNCHANGED,), SOLUTION),
    _one("np.squeeze(value)", "array", "flat", "number", "dict", name="squeezed", may_lose=(ONES,)),
    _one("np.reshape(value, -1)", "flat", "ids", name="reshape(-1)"),
    _one("np.asarray(value).tolist()", *ARRAYS, *DICTS, name="as lists"),
    _one('np.broadcast_to(np.array(value, order="F"), np.shape(value))', *ARRAYS, *DICTS,
         name="read-only, column by column"),
    _one("np.asarray(value, np.float32) if np.asarray(value).dtype.kind == 'f' else value", *ARRAYS, *DICTS,
         name="as float32", may_lose=(LARGE,)),
    _one("np.asarray(value).item()", "number", name="numbers of Python"),
    _one("np.asarray(value)", "number", name="numbers as arrays"),
    Rule("as a list of results", packed("own", *DICTS, *ARRAYS, fewest=2), "def packed(result, which):\n"
         "    return list(result)\n", tried_on=SOLUTION),
    Rule("as an OrderedDict", packed("dict"), "from collections import OrderedDict\n\n\ndef packed(result, which):\n"
         "    parts = [result] if len(which) == 1 else list(result)\n"
         "    parts = [OrderedDict(part) if changes else part for part, changes in zip(parts, which)]\n"
         "    return parts[0] if len(which) == 1 else tuple(parts)\n", tried_on=SOLUTION),
)  # fmt: skip
