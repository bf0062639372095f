"""What a function is given and what it returns, declared once for each exercise.

    CONTRACT = Contract(
        takes={"x": "B D", "h": "B H"},
        returns={"h_next": "B H: the state after the step", "cache": OWN},
    )

Letters are sizes, bound by the arguments of a call. The declaration is checked before any code of a case sees what a
student's function returned, it writes the "Returns" lines of the notebook, and it names the axes in messages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.checks.english import listed
from autograder.checks.verdict import Difference
from autograder.inside.values import is_tensor

__all__ = ["OWN", "SIZE", "Broken", "Contract", "Keys", "Like", "Listing", "Tuple", "array", "kind_of"]

MOST = 1_000_000
"""So many entries may an axis have whose size only the result tells, and a list of results."""
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
TERM = re.compile(r"(\d*)([A-Za-z_]\w*)?")


class Broken(Exception):
    """What came back is not what was declared: how, as Differences, and what came back by name."""


class _Own:
    """Whatever the student likes: nobody looks into it."""


class _Size:
    """An argument that is a size: its value binds its name."""


OWN = _Own()
SIZE = _Size()


@dataclass(frozen=True)
class Like:
    """A dict with the keys of an argument, each array shaped as there."""

    argument: str
    meaning: str = ""


@dataclass(frozen=True)
class Keys:
    """A dict with these keys, each an array with these axes.

    optional: keys that some variant lacks. said: the keys in words, where they are many.
    """

    entries: Mapping[str, str]
    meaning: str = ""
    optional: tuple[str, ...] = ()
    said: str = ""


@dataclass(frozen=True)
class Listing:
    """A list: of texts, or of tuples of arrays by name."""

    of: str | Mapping[str, str]
    meaning: str = ""


@dataclass(frozen=True)
class Tuple:
    """Sizes as one argument: a tuple whose entries bind these names."""

    names: tuple[str, ...]


Part = str | Like | Keys | Listing | _Own
"""What one result is. A text is an array: its axes, then a colon and what it means. "T B" has numbers in two axes,
"" is a number, and "whole T B" holds whole numbers."""


@dataclass(frozen=True)
class Contract:
    """takes: argument -> axes that bind sizes, in the order of the function; returns: name -> what it is."""

    takes: Mapping[str, Any]
    returns: Mapping[str, Part]

    def sizes(self, args: Sequence[Any]) -> dict[str, int]:
        """Return the sizes that the arguments of a call bind."""
        bound: dict[str, int] = {}
        for (name, spec), value in zip(self.takes.items(), args):
            if spec is SIZE:
                bound[name] = int(value)
            elif isinstance(spec, Tuple):
                bound.update(zip(spec.names, (int(one) for one in value)))
            elif isinstance(spec, str):
                _bind(spec, value, bound)
            elif isinstance(spec, Mapping):
                for key, axes in spec.items():
                    _bind(axes, value[key], bound)
        return bound

    def check(self, args: Sequence[Any], value: Any, known: Mapping[str, int] | None = None) -> Any:
        """Return the result, its arrays as NumPy's. Raise Broken for a value that is not as declared.

        known: sizes that earlier calls bound.
        """
        sizes, given = {**(known or {}), **self.sizes(args)}, dict(zip(self.takes, args))
        if len(self.returns) == 1:
            ((name, part),) = self.returns.items()
            if isinstance(value, tuple) and isinstance(part, str) and not _fits(part, value, sizes):
                raise Broken((Difference("", "parts", kind_of(value), hint=self.expected(sizes)),), {})
            parts = [(name, part, value)]
        else:
            apart = self._apart(value, sizes)
            parts = [(name, part, one) for (name, part), one in zip(self.returns.items(), apart)]
        wrong: list[Difference] = []
        right = [_settled(name, part, one, sizes, given, wrong) for name, part, one in parts]
        if wrong:
            raise Broken(tuple(wrong), dict(zip(self.returns, right)))
        return right[0] if len(right) == 1 else tuple(right)

    def _apart(self, value: Any, sizes: Mapping[str, int]) -> Any:
        """Return the results one by one. Raise Broken where there are not as many as declared.

        An array counts as its rows, where all results are numbers.
        """
        count = len(self.returns)
        rows = isinstance(value, np.ndarray) and value.shape[:1] == (count,) and OWN not in self.returns.values()
        if (isinstance(value, tuple | list) and len(value) == count) or rows:
            return value
        kind = "none" if value is None else "parts"
        raise Broken((Difference("", kind, kind_of(value), hint=self.expected(sizes)),), {})

    def expected(self, sizes: Mapping[str, int]) -> str:
        """Return the results in words, with the sizes of one call."""
        said = [_brief(name, part, sizes) for name, part in self.returns.items()]
        return f"{NUMBERS[len(said)]} {'results are' if len(said) > 1 else 'result is'} expected: {listed(said)}"

    def axes(self) -> dict[str, str]:
        """Return the letters of the axes of each array, where each axis is one letter: "TBH"."""
        found = {name: _axes(part) for name, part in self.returns.items() if isinstance(part, str)}
        return {name: "".join(axes) for name, axes in found.items() if all(len(axis) == 1 for axis in axes)}

    def lines(self) -> list[str]:
        """Return the "Returns" lines of a docstring."""
        if len(self.returns) == 1:
            ((name, part),) = self.returns.items()
            return [f"Returns {name}: {_told(part)}."]
        return [f"Returns ({', '.join(self.returns)}):", *(f"    {n}: {_told(p)}." for n, p in self.returns.items())]


def kind_of(value: Any) -> str:
    """Return what a value is, in words: "one array of shape (3, 6)", "a dict", "three results"."""
    if isinstance(value, dict):
        return "a dict"
    name = str(getattr(value, "kind", type(value).__name__))
    if name == "ndarray" and not (isinstance(value, np.ndarray) and value.dtype.kind != "O"):
        return "an array of objects"
    if isinstance(value, np.ndarray) or is_tensor(value):
        return f"one array of shape {tuple(value.shape)}" if value.ndim else "one number"
    if value is None:
        return "None"
    if isinstance(value, bool | int | float | np.generic):
        return "one number"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, tuple):
        return f"{NUMBERS[len(value)] if len(value) <= 10 else len(value)} result{'s' * (len(value) != 1)}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _axes(part: str) -> list[str]:
    return [axis for axis in part.split(":")[0].split() if axis != "whole"]


def _size(term: str, sizes: Mapping[str, int]) -> int | None:
    """Return the size that a term means ("H", "4H", "n_gates*H", "3"), or None while one of its names is not bound."""
    product = 1
    for factor in term.split("*"):
        if (match := TERM.fullmatch(factor)) is None:
            raise ValueError(f"axes: got {term!r}, expected names and numbers, multiplied")
        number, name = match.groups()
        if name and name not in sizes:
            return None
        product *= int(number or 1) * (sizes[name] if name else 1)
    return product


def _bind(axes: str, value: Any, bound: dict[str, int]) -> None:
    """Bind the names that stand alone as axes to the sizes of an array. A list of arrays has those of its largest."""
    within = map(max, zip(*map(np.shape, value))) if isinstance(value, list) else ()
    shape = (len(value), *within) if isinstance(value, list) else np.shape(value)
    for axis, size in zip(_axes(axes), shape):
        if axis.isidentifier():
            bound[axis] = int(size)


def _shape(part: str, sizes: Mapping[str, int], like: tuple[int, ...] | None = None) -> tuple[int, ...]:
    """Return the shape that is expected; a size that nothing binds is that of the value, if it has as many axes."""
    terms = _axes(part)
    free = like if like is not None and len(like) == len(terms) else (-1,) * len(terms)
    known = dict(sizes)
    out = []
    for term, size in zip(terms, free):
        if (want := _size(term, known)) is None:
            known[term] = want = size
        out.append(want)
    return tuple(out)


def array(value: Any) -> np.ndarray | None:
    """Return the value as an array of numbers, or None where it is none."""
    if isinstance(value, str | bytes | dict) or callable(value):
        return None
    try:
        found = np.asarray(value.detach().cpu() if is_tensor(value) else value)
    except Exception:
        return None
    return found if found.dtype.kind != "O" else None


def _fits(part: str, value: tuple, sizes: Mapping[str, int]) -> bool:
    """Return whether a tuple, taken as an array, has the shape of the one result."""
    found = array(value)
    return found is not None and found.shape == _shape(part, sizes, found.shape)


def _settled(name: str, part: Part, value: Any, sizes, given, wrong: list[Difference]) -> Any:
    """Return one result as cases may use it. What is not as declared is added to `wrong`."""
    if isinstance(part, _Own):
        return value
    if value is None:
        wrong.append(Difference(name, "none"))
    elif isinstance(part, str):
        return _array(name, part, value, sizes, wrong)
    elif isinstance(part, Listing):
        return _listing(name, part, value, sizes, given, wrong)
    else:
        return _dict(name, part, value, sizes, given, wrong)
    return None


def _array(name: str, part: str, value: Any, sizes, wrong: list[Difference]) -> np.ndarray | None:
    found, shape = array(value), np.shape(value) if isinstance(value, np.ndarray) else None
    if found is None:
        want = _shape(part, sizes, shape)
        ragged = " whose parts make no array" if isinstance(value, list | tuple) else ""
        wrong.append(Difference(name, "type", kind_of(value) + ragged, want))
        return None
    want = _shape(part, sizes, found.shape)
    if found.dtype.kind not in "biufc":
        wrong.append(Difference(name, "dtype", found.dtype.name, want))
    elif found.shape != want or any(size > MOST for size in found.shape):
        wrong.append(Difference(name, "shape", found.shape, want))
    elif part.startswith("whole") and found.dtype.kind in "fc" and not np.all(found == np.round(np.real(found))):
        wrong.append(Difference(name, "whole", found.dtype.name, want))
    return found


def _dict(name: str, part: Like | Keys, value: Any, sizes, given, wrong: list[Difference]) -> Any:
    if not isinstance(value, dict):
        wrong.append(Difference(name, "no-dict", kind_of(value)))
        return None
    entries = part.entries if isinstance(part, Keys) else {key: _literal(a) for key, a in given[part.argument].items()}
    optional = set(part.optional) if isinstance(part, Keys) else set()
    missing, extra = entries.keys() - value.keys() - optional, value.keys() - entries.keys()
    for kind, keys in (("missing", missing), ("extra", extra)):
        if keys:
            wrong.append(Difference(name, kind, tuple(sorted(map(str, keys)))[:20]))
    return {key: _settled(f"{name}[{key!r}]", axes, value[key], sizes, given, wrong)
            for key, axes in entries.items() if key in value}  # fmt: skip


def _literal(value: Any) -> str:
    return " ".join(map(str, np.shape(value)))


def _listing(name: str, part: Listing, value: Any, sizes, given, wrong: list[Difference]) -> Any:
    if not isinstance(value, list | tuple) and not (isinstance(value, np.ndarray) and value.ndim):
        wrong.append(Difference(name, "no-list", kind_of(value)))
        return None
    if isinstance(part.of, str):
        strange = [k for k, one in enumerate(value) if not isinstance(one, str)]
        if strange:
            wrong.append(Difference(f"{name}[{strange[0]}]", "no-text", kind_of(value[strange[0]])))
        return [str(one) for one in value]
    out = []
    for k, one in enumerate(value):
        if not isinstance(one, tuple | list | np.ndarray) or len(one) != len(part.of):
            hint = Contract({}, part.of).expected(sizes)
            wrong.append(Difference(f"{name}[{k}]", "parts", kind_of(one), hint=hint))
            break
        pairs = zip(part.of.items(), one)
        out.append(tuple(_settled(f"{n} of {name}[{k}]", axes, each, sizes, given, wrong) for (n, axes), each in pairs))
        if wrong:
            break
    return out


def _brief(name: str, part: Part, sizes: Mapping[str, int]) -> str:
    """Return a result in few words, for a message."""
    if isinstance(part, _Own):
        return f"a {name} of your own" if name == "cache" else f"{name} of your own"
    if not isinstance(part, str):
        return f"{name} (a {'list' if isinstance(part, Listing) else 'dict'})"
    terms = _axes(part)
    known = [str(size) if (size := _size(term, sizes)) is not None else term for term in terms]
    if not terms:
        return f"{name} (a number)"
    return f"{name} ({', '.join(known)}{',' * (len(known) == 1)})"


def _in_brackets(part: str) -> str:
    terms = _axes(part)
    return f"({', '.join(terms)}{',' * (len(terms) == 1)})"


def _told(part: Part) -> str:
    """Return what a result is, for a docstring."""
    if isinstance(part, _Own):
        return "whatever you want to have at hand later; nobody looks into it"
    if isinstance(part, str):
        terms, meaning = _axes(part), part.partition(":")[2].strip()
        shape = _in_brackets(part) if terms else "a number"
        if part.startswith("whole"):
            shape = shape + " whole numbers" if terms else "a whole number"
    else:
        meaning, shape = part.meaning, "a list"
        if isinstance(part, Like):
            shape = f"a dict with the keys of {part.argument}, each array shaped as there"
        elif isinstance(part, Keys):
            shape = part.said or "a dict: " + ", ".join(f"{key} {_in_brackets(a)}" for key, a in part.entries.items())
        else:
            shape = "a list of strings" if isinstance(part.of, str) else f"a list of tuples ({', '.join(part.of)})"
    return f"{shape}, {meaning}" if meaning else shape
