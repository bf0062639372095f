"""What may be told to a student of what the student's process said, once that process has met the hidden numbers.

Whatever it prints, raises or names from then on can hold them. So nothing of it is told but what carries no more than
a few small numbers: the kind of an exception, a line of the submission, and a text that Python, NumPy, torch or this
package themselves make, or that stands in the submission as it is. The instructor finds all of it in the metadata of
the graded notebook.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

from nbformat import NotebookNode, v4

from autograder.checks import Verdict
from autograder.checks.words import UNJUDGED
from autograder.inside.values import Raised

__all__ = ["Submission", "own_words"]

WITHHELD = "What this cell shows is not told here: it ran after the first test, whose numbers stay hidden.\n"
SHAPES = r"\((?:[0-9]{1,4}|newaxis)?(?:, ?(?:[0-9]{1,4}|newaxis)){0,6},?\)"
SEVERAL = f"{SHAPES}(?: {SHAPES}){{1,3}} ?"
PLACES = {"{shape}": SHAPES, "{shapes}": SEVERAL, "{n}": "-?[0-9]{1,4}", "{name}": "(.{1,80}?)"}
"""What may stand in a text, of which only {name} is looked up."""
OTHER_NAMES = {
    *("ndarray", "numpy", "float32", "float64", "int32", "int64", "complex128", "bool_", "object_", "torch", "Tensor"),
    *("NoneType", "function", "method", "builtin_function_or_method", "module", "generator", "Generator", "ellipsis"),
    *("nn", "Parameter", "Module", "same_kind", "dtype", "ufunc", "add", "subtract", "multiply", "divide", "maximum"),
    *("minimum", "lambda", "locals", "__init__", "forward", "callback", "LinAlgError", "AxisError", "ProtocolError"),
    *("aten", "rnn_tanh", "rnn_relu", "lstm", "gru", "rnn_tanh_cell", "rnn_relu_cell", "lstm_cell", "gru_cell"),
    "scaled_dot_product_attention",
}

KINDS = set("a an array of shape number result results no one two three four five six seven eight nine ten".split())  # noqa: SIM905
KINDS |= {"objects", "strings"}
KINDS |= set("bool str uint8 uint16 uint32 uint64 int8 int16 complex64 bytes void datetime64".split())  # noqa: SIM905


class Submission:
    """The cells that ran, given ones too: what stands there, the student knows already."""

    def __init__(self) -> None:
        self.sources: list[str] = []

    def add(self, source: str) -> None:
        """Remember a cell."""
        self.sources.append(source)
        self.__dict__.pop("_names", None)

    @cached_property
    def _names(self) -> set[str]:
        own = (word for text in self.sources for word in re.findall(r"\w+", text))
        return {*OTHER_NAMES, *keyword.kwlist, *dir(builtins), *own}

    def knows(self, name: str) -> bool:
        """Return whether each word of a name stands in the submission, or is one of Python's or NumPy's own."""
        words = re.findall(r"\w+", name)
        return bool(words) and re.fullmatch(r"[\w.<> ',]+", name) is not None and self._names.issuperset(words)

    def text(self, said: str) -> str:
        """Return the text of an exception if it may be told, else nothing."""
        said = re.sub(r" \([^()]*, line [0-9]+\)$", "", said)  # of a syntax error, which has its line besides
        if said and any(said in source for source in self.sources):
            return said
        found = filter(None, (pattern.fullmatch(said) for pattern in _patterns()))
        return said if any(all(map(self.knows, one.groups())) for one in found) else ""

    def raised(self, error: Raised) -> Raised:
        """Return what may be told of an exception."""
        kind = error.type if not error.type or self.knows(error.type) else "Exception"
        message = self.text(error.message)
        if not kind:
            message = message or "its form is another one"
        function = error.function if not kind or self.knows(error.function) else ""
        there = any(_has(text, error.line, error.source) for text in self.sources)
        line, source = (error.line, error.source) if function and there else (0, "")
        return Raised(kind, message, function, line, source)

    def outputs(self, outputs: list[NotebookNode]) -> list[NotebookNode]:
        """Return what may be told of a cell's outputs: that it stopped, and why."""
        told = [v4.new_output("stream", name="stdout", text=WITHHELD)] if outputs else []
        for error in [out for out in outputs if out.output_type == "error"][-1:]:
            name, text = error.ename if self.knows(error.ename) else "Exception", self.text(error.evalue)
            said = f"{name}: {text}" if text else name
            told.append(v4.new_output("error", ename=name, evalue=text, traceback=[said]))
        return told


def own_words(verdict: Verdict, submission: Submission) -> Verdict:
    """Return the verdict in the judge's own words."""
    error, seen = verdict.error, verdict.seen
    if error is not None:
        error = submission.raised(error)
        if verdict.reason == "cell":
            seen = f"{error.type}: {error.message}".removesuffix(": ")
    if seen.startswith(UNJUDGED):
        seen = (UNJUDGED + submission.text(seen.removeprefix(UNJUDGED))).removesuffix(": ")
    places = tuple(replace(place, got=_kind(place.got, submission)) for place in verdict.places)
    return replace(verdict, error=error, seen=seen, places=places)


def _kind(got: Any, submission: Submission) -> Any:
    """Return what came in place of what was expected: keys and types by names that stand in the submission."""
    if isinstance(got, tuple) and any(isinstance(key, str) for key in got):
        return tuple(dict.fromkeys(key if submission.knows(key) else "another key" for key in got))
    words = set(re.findall(r"[^\W\d]\w*", got)) - KINDS if isinstance(got, str) else set()
    return got if all(map(submission.knows, words)) else "an object"


def _has(text: str, line: int, source: str) -> bool:
    """Return whether this line of a cell reads so."""
    lines = text.splitlines()
    return 0 < line <= len(lines) and lines[line - 1].strip()[:1000] == source


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern, ...]:
    return tuple(_compiled(TEXTS))


def _compiled(texts: Iterable[str]) -> Iterable[re.Pattern]:
    for text in texts:
        pattern = re.escape(text)
        for place, what in PLACES.items():
            pattern = pattern.replace(re.escape(place), what)
        yield re.compile(pattern, flags=re.DOTALL)


TEXTS = """division by zero
float division by zero
integer division or modulo by zero
integer modulo by zero
name '{name}' is not defined
cannot access local variable '{name}' where it is not associated with a value
cannot access free variable '{name}' where it is not associated with a value in enclosing scope
'{name}' object has no attribute '{name}'
module '{name}' has no attribute '{name}'
'{name}' object is not callable
'{name}' object is not iterable
'{name}' object is not subscriptable
'{name}' object does not support item assignment
'{name}' object cannot be interpreted as an integer
object of type '{name}' has no len()
unsupported operand type(s) for +: '{name}' and '{name}'
unsupported operand type(s) for -: '{name}' and '{name}'
unsupported operand type(s) for *: '{name}' and '{name}'
unsupported operand type(s) for /: '{name}' and '{name}'
unsupported operand type(s) for @: '{name}' and '{name}'
unsupported operand type(s) for ** or pow(): '{name}' and '{name}'
bad operand type for unary -: '{name}'
'<' not supported between instances of '{name}' and '{name}'
'>' not supported between instances of '{name}' and '{name}'
operands could not be broadcast together with shapes {shapes}
could not broadcast input array from shape {shape} into shape {shape}
non-broadcastable output operand with shape {shape} doesn't match the broadcast shape {shape}
shapes {shape} and {shape} not aligned: {n} (dim {n}) != {n} (dim {n})
matmul: Input operand {n} has a mismatch in its core dimension {n}, with gufunc signature (n?,k),(k,m?)->(n?,m?) (size {n} is different from {n})
matmul: Input operand {n} does not have enough dimensions (has {n}, gufunc core with signature (n?,k),(k,m?)->(n?,m?) requires {n})
index {n} is out of bounds for axis {n} with size {n}
too many indices for array: array is {n}-dimensional, but {n} were indexed
only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid indices
only integer scalar arrays can be converted to a scalar index
only length-1 arrays can be converted to Python scalars
only 0-dimensional arrays can be converted to Python scalars
arrays used as indices must be of integer (or boolean) type
list index out of range
list assignment index out of range
tuple index out of range
string index out of range
pop from empty list
pop from an empty deque
list indices must be integers or slices, not {name}
tuple indices must be integers or slices, not {name}
slice indices must be integers or None or have an __index__ method
cannot reshape array of size {n} into shape {shape}
axis {n} is out of bounds for array of dimension {n}
axes don't match array
all the input arrays must have same number of dimensions, but the array at index {n} has {n} dimension(s) and the array at index {n} has {n} dimension(s)
all the input array dimensions except for the concatenation axis must match exactly, but along dimension {n}, the array at index {n} has size {n} and the array at index {n} has size {n}
all input arrays must have the same shape
need at least one array to concatenate
need at least one array to stack
zero-dimensional arrays cannot be concatenated
setting an array element with a sequence.
setting an array element with a sequence. The requested array has an inhomogeneous shape after {n} dimensions. The detected shape was {shape} + inhomogeneous part.
The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()
assignment destination is read-only
output array is read-only
Cannot cast ufunc '{name}' output from dtype('{name}') to dtype('{name}') with casting rule 'same_kind'
zero-size array to reduction operation {name} which has no identity
attempt to get argmax of an empty sequence
attempt to get argmin of an empty sequence
Singular matrix
Last 2 dimensions of the array must be square
einstein sum subscripts string contains too many subscripts for operand {n}
too many values to unpack (expected {n})
too many values to unpack (expected {n}, got {n})
not enough values to unpack (expected {n}, got {n})
cannot unpack non-iterable {name} object
{name}() takes {n} positional argument but {n} were given
{name}() takes {n} positional arguments but {n} was given
{name}() takes {n} positional arguments but {n} were given
{name}() missing {n} required positional argument: '{name}'
{name}() missing {n} required positional arguments: '{name}'
{name}() got an unexpected keyword argument '{name}'
{name}() got multiple values for argument '{name}'
'{name}'
math domain error
math range error
maximum recursion depth exceeded
maximum recursion depth exceeded in comparison
maximum recursion depth exceeded while calling a Python object
No module named '{name}'
{name} is not to be used in this assignment
torch's own {name} is not to be used in this assignment
torch's own recurrent networks are not to be used in this assignment
invalid syntax
invalid syntax. Perhaps you forgot a comma?
expected ':'
expected an indented block after function definition on line {n}
unexpected indent
unindent does not match any outer indentation level
unexpected EOF while parsing
'(' was never closed
'[' was never closed
'return' outside function
the call took too long
the course's own {name} cannot use it
{name} is a {name}, not a function
got a {name}, expected a torch.nn.Module
forward returned {n} tensors, expected {n}
forward returned a {name}, expected tensors
an output has shape {shape}, expected {shape}
a function that was passed in was called more than {n} times
the value returned cannot be sent: arrays are too large
the value returned cannot be sent: a value is nested too deeply or has too many parts
the value returned cannot be sent: an integer is too large
the value returned cannot be sent: a string is too long
the value returned cannot be read: an array is too large, or not as large as its header says
mat1 and mat2 shapes cannot be multiplied ({n}x{n} and {n}x{n})
The size of tensor a ({n}) must match the size of tensor b ({n}) at non-singleton dimension {n}
element {n} of tensors does not require grad and does not have a grad_fn
a leaf Variable that requires grad is being used in an in-place operation.
""".splitlines()  # noqa: E501  (as they are)
"""Texts that Python, NumPy, torch and this package make."""
