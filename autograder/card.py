"""A verdict as a small card in a notebook: a word and a colour, what was called, which outputs are right, where the
first differences lie, drawn as a map, and the equation to read again. A terminal gets the same in text.

The maps tell where an output is wrong and never what would be right there.
"""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape

import numpy as np

from autograder.checks import CheckFailed as Failed
from autograder.checks import Verdict, words
from autograder.checks.book import address, built, named
from autograder.checks.compare import wrong_entries
from autograder.checks.exercises import load_cases
from autograder.checks.run import contracts_of, drawn, outcome
from autograder.checks.verdict import Difference

__all__ = ["CheckFailed", "card", "show", "where_wrong"]

GREEN, RED, AMBER = "#1a7f37", "#b3261e", "#7d5700"
"""Each holds white text, and each comes with its word."""
UNWRITTEN = "not written yet"
CELL, GAP = 11, 10
"""Pixels of an entry of a map, and between two panels."""
MOST = 600
"""Entries that are drawn, of a map. Larger arrays are told in words alone."""
MAPS = 4


class CheckFailed(Failed):
    """Raised under a card, which has said it all: its traceback is the verdict's first two lines."""

    def _render_traceback_(self) -> list[str]:  # the hook that IPython asks for
        lines = words.message(replace(self.verdict, called=())).split("\n")
        return ["\n".join(lines[:2])]


def show(verdict: Verdict, functions: Mapping[str, Callable] | None = None, seed: int = 0) -> None:
    """Display the card of a verdict. functions: the student's, by name; with them the failed case runs once more, so
    that it can be drawn where their outputs differ.
    """
    from IPython.display import display

    maps = where_wrong(verdict, functions, seed) if functions else {}
    text = words.message(verdict, built())
    display({"text/html": card(verdict, maps), "text/plain": text}, raw=True)


def where_wrong(verdict: Verdict, functions: Mapping[str, Callable], seed: int) -> dict[str, np.ndarray]:
    """Return which entries of each output are wrong, as arrays of truth values.

    Nothing is returned of an exercise that trains, which would take its time again, nor of an output that is not as
    wrong as it was the first time: a function that remembers its calls, or draws random numbers, has no one map.
    """
    wanted = {place.output: place for place in verdict.places if place.index and place.kind in ("value", "not-finite")}
    spec = load_cases(verdict.exercise)
    if verdict.case is None or not wanted or hasattr(spec, "SECONDS"):
        return {}
    case = drawn(verdict.exercise, seed)[verdict.case.number - 1]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        outputs = outcome(case, functions, contracts_of(spec)).outputs
    maps = {}
    for name, place in wanted.items():
        got, want = np.asarray(outputs.get(name)), np.asarray(case.expected.get(name))
        if got.shape == want.shape == place.want and got.dtype.kind in "biufc":
            wrong = wrong_entries(got, want, case.rtol)
            first = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
            if int(wrong.sum()) == place.wrong and tuple(map(int, first)) == place.index:
                maps[name] = wrong
    return maps


def card(verdict: Verdict, maps: Mapping[str, np.ndarray] | None = None) -> str:
    """Return the card as HTML without a script. maps: which entries of an output are wrong."""
    word, colour = _state(verdict)
    parts = [_head(verdict, word, colour)]
    if not verdict.passed:
        if verdict.called and verdict.reason is None and word != UNWRITTEN:
            calls = "<br>then ".join(f"<code>{_plain(one)}</code>" for one in verdict.called)
            parts.append(f"<div>Called: {calls}</div>")
        parts.append(_outputs(verdict))
        parts += [f"<div>{_plain(line)}</div>" for line in _lines(verdict)]
        places = [place for place in verdict.places if place.output in (maps or {})][:MAPS]
        drawn_maps = [_map(place, (maps or {})[place.output]) for place in places]
        if any(drawn_maps):
            parts.append(
                f'<div style="display:flex;flex-wrap:wrap;gap:18px;margin-top:6px">{"".join(drawn_maps)}</div>'
            )
        parts.append(_reread(verdict))
    else:
        parts += [f"<div>Note: {_plain(words.note(one))}</div>" for one in verdict.notes]
    style = f"border:1px solid {colour};border-left-width:6px;border-radius:6px;padding:8px 14px;max-width:46rem"
    label = f"{_plain(verdict.exercise)}: {word}"
    return f'<div role="group" aria-label="{label}" style="{style};line-height:1.5">{"".join(parts)}</div>'


def _plain(text: str) -> str:
    """Return a text for HTML, without what steers a terminal: a student's exception is part of it."""
    return escape(words.plain(text))


def _state(verdict: Verdict) -> tuple[str, str]:
    """Return the word for a verdict, and its colour."""
    if verdict.passed:
        return "right", GREEN
    if verdict.error is not None and verdict.error.unwritten and verdict.failed_cases == verdict.cases:
        return UNWRITTEN, AMBER
    return ("partly right", AMBER) if verdict.right_parts else ("not right yet", RED)


def _head(verdict: Verdict, word: str, colour: str) -> str:
    """Return the first line: the word in its colour, and the exercise."""
    badge = f"background:{colour};color:#fff;border-radius:4px;padding:1px 8px;font-weight:600"
    said = f" in all {verdict.cases} cases" if verdict.passed and verdict.cases > 1 else ""
    return f'<div><span style="{badge}">{word}</span> <code><b>{_plain(verdict.exercise)}</b></code>{said}</div>'


def _outputs(verdict: Verdict) -> str:
    """Return which outputs of the failed case are wrong and which are right, each with its sign."""
    wrong = dict.fromkeys(place.output for place in verdict.places if place.output)
    both = [("✗", name, RED) for name in wrong] + [("✓", name, GREEN) for name in verdict.right_outputs]
    if len(both) < 2:
        return ""
    style = (
        "border:1px solid {};border-radius:10px;padding:0 8px;margin-right:6px;white-space:nowrap;display:inline-block"
    )
    signs = {"✗": "wrong", "✓": "right"}
    chips = (
        f'<span style="{style.format(colour)}" title="{signs[sign]}">{sign} <code>{_plain(name)}</code> '
        f'<span style="opacity:0.8">{signs[sign]}</span></span>'
        for sign, name, colour in both
    )
    return f'<div style="margin:4px 0">{"".join(chips)}</div>'


def _lines(verdict: Verdict) -> list[str]:
    """Return the verdict's sentences that no other part of the card tells: what failed, what was seen, what it is."""
    rest = [place for place in verdict.places[1:] if place.relation or place.kind not in ("value", "not-finite")]
    shorter = replace(verdict, called=(), places=verdict.places[:1], right_outputs=(), equation="", page="")
    message = words.message(shorter if verdict.reason is None else verdict)
    told = [line for line in message.split("\n") if line and line != NO_EQUATION]
    return told + [words.difference(place) for place in rest[:4] if place.output]


NO_EQUATION = f"Reread {named('')}."
"""What a message says of a verdict without an equation: the card has its own line for one that has."""


def _reread(verdict: Verdict) -> str:
    """Return the link to the equation, as the book shows it. A browser follows no link from a server to a file: the
    address of a book that lies on this machine stands there in full, to be copied.
    """
    if not verdict.equation or verdict.reason is not None:
        return ""
    said, link = _plain(named(verdict.equation, verdict.page)), escape(address(verdict.equation, built()))
    if not link:
        return f"<div>Reread {said}.</div>"
    spelled = (
        f'<br><code style="font-size:85%;overflow-wrap:anywhere">{link}</code>' if link.startswith("file:") else ""
    )
    return f'<div>Reread <a href="{link}" target="_blank" rel="noopener">{said}</a>.{spelled}</div>'


def _map(place: Difference, wrong: np.ndarray) -> str:
    """Return a drawing of an array: filled where it is wrong, hollow where it is right, the first wrong one framed.

    Of more than two axes the last two make a panel, and the panels stand side by side.
    """
    if wrong.size > MOST:
        return ""
    rows, columns = (1, *wrong.shape)[-2:]
    panels = wrong.reshape(-1, rows, columns)
    across = max(1, min(len(panels), 420 // (columns * CELL + GAP)))
    first = int(np.argmax(wrong))
    drawn_cells = []
    for k, value in enumerate(wrong.ravel()):
        panel, inside = divmod(k, rows * columns)
        x = (panel % across) * (columns * CELL + GAP) + (inside % columns) * CELL + 2
        y = (panel // across) * (rows * CELL + GAP) + (inside // columns) * CELL + 2
        paint = f'fill="{RED}" stroke="{RED}"' if value else 'fill="none" stroke="currentColor" stroke-opacity="0.45"'
        if k == first:
            paint = f'fill="{RED}" stroke="currentColor" stroke-width="2"'
        drawn_cells.append(f'<rect x="{x}" y="{y}" width="{CELL - 3}" height="{CELL - 3}" {paint}/>')
    width, height = across * (columns * CELL + GAP), math.ceil(len(panels) / across) * (rows * CELL + GAP)
    said = f"{place.output}: {place.wrong} of {place.of} entries are wrong"
    axes = [words.AXES.get(axis, "") for axis in place.axes] if len(place.axes) == wrong.ndim else []
    across_down = f", {axes[-2]}s down, {axes[-1]}s across" if len(axes) > 1 and all(axes) else ""
    across_down += f", one panel for each {axes[0]}" if across_down and len(axes) == 3 else ""
    return (
        f'<figure style="margin:0"><svg role="img" aria-label="{_plain(said)}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{"".join(drawn_cells)}</svg><figcaption style="font-size:90%">'
        f"{_plain(said + across_down)}</figcaption></figure>"
    )
