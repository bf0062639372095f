"""Your own files: text, tab-separated columns, parallel lines, CoNLL-U, MIDI. What is wrong is said of the file.

Every function raises Refused in one line that begins with the path: a file that is missing, empty, binary or not in
UTF-8, a line of another form. Text is read as Unicode says: a byte order mark is dropped, every end of line is "\\n".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from rnncore.ops import check_sizes
from rnncore.types import Refused

__all__ = [
    "in_parts",
    "labelled",
    "members",
    "read_columns",
    "read_conllu",
    "read_lines",
    "read_midi",
    "read_parallel",
    "read_text",
]

Item = TypeVar("Item")
VOICES = 4


def members(path: Path, endings: Sequence[str]) -> list[Path]:
    """Return the files meant by a path: itself, or, of a folder, all files in it with one of the endings, sorted."""
    path = Path(path)
    if path.is_dir():
        found = sorted(p for p in path.iterdir() if p.suffix.lower() in endings and p.is_file())
        if not found:
            raise Refused(f"{path}: got a folder without any {' or '.join(endings)} file, expected at least one")
        return found
    if not path.exists():
        raise Refused(f"{path}: no such file; expected a file, or a folder of {' or '.join(endings)} files")
    return [path]


def read_text(path: Path, endings: Sequence[str] = (".txt",)) -> str:
    """Return the text of a file in UTF-8; of a folder, that of its files with one of the endings, one after another.

    path: of the file, or of a folder.
    """
    text = "\n".join(_decoded(one) for one in members(path, endings))
    if not text.strip():
        raise Refused(f"{path}: got nothing but white space, expected text")
    return text


def read_lines(path: Path) -> list[str]:
    """Return the lines that are not empty, without white space at their ends.

    path: of the file, or of a folder.
    """
    return [line for line in map(str.strip, read_text(path).split("\n")) if line]


def read_columns(path: Path, names: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the columns of each line of a tab-separated file (.tsv); names: what they hold, for messages.

    path: of the file, or of a folder.
    """
    rows = []
    for number, line in enumerate(read_text(path, (".tsv", ".txt")).split("\n"), start=1):
        if not line.strip():
            continue
        row = tuple(part.strip() for part in line.split("\t"))
        if len(row) != len(names) or not all(row):
            expected = " TAB ".join(names)
            raise Refused(f"{path}: line {number}: got {len([r for r in row if r])} columns, expected {expected}")
        rows.append(row)
    return rows


def read_parallel(source: Path, target: Path) -> list[tuple[str, ...]]:
    """Return pairs of lines that stand at the same place of two files; those with an empty side are left out.

    source: the first file. target: the second file.
    """
    sides = [read_text(path).rstrip("\n").split("\n") for path in (source, target)]
    if len(sides[0]) != len(sides[1]):
        raise Refused(f"{target}: got {len(sides[1])} lines, expected {len(sides[0])} as in {source}")
    pairs = [(a.strip(), b.strip()) for a, b in zip(*sides)]
    return [pair for pair in pairs if all(pair)]


def read_conllu(path: Path) -> list[list[tuple[str, str]]]:
    """Return the sentences of a CoNLL-U file as lists of (word, universal part of speech).

    path: of the file, or of a folder.
    """
    import conllu  # on request only

    text = read_text(path, (".conllu",))
    try:
        parsed = conllu.parse(text)
    except Exception as error:  # conllu's own, and what its parser stumbles over
        raise Refused(f"{path}: expected CoNLL-U, ten columns between tabs: {str(error).splitlines()[0]}") from None
    found = [
        [(token["form"], token.get("upos")) for token in sentence if isinstance(token["id"], int)]
        for sentence in parsed  # a token whose id is a range, as of "don't", repeats its parts
    ]
    if not any(found):
        raise Refused(f"{path}: got no sentence, expected CoNLL-U")
    for number, sentence in enumerate(found, start=1):
        if untagged := [word for word, tag in sentence if not tag or tag == "_"]:
            raise Refused(f"{path}: sentence {number}: got no part of speech (UPOS) for {untagged[0]!r}, expected one")
    return [sentence for sentence in found if sentence]


def read_midi(path: Path, low: int, high: int, per_quarter: int = 4) -> list[np.ndarray]:
    """Return pieces as arrays (frames, 4) of pitches, 0 for a rest: the highest three notes of a frame, and the lowest.

    path: a MIDI file (.mid, .midi), or a folder of them. low, high: notes outside are moved by octaves into this range.
    per_quarter: frames to a quarter note. Drums are left out.
    """
    import pretty_midi  # on request only

    check_sizes(low=low, high=high, per_quarter=per_quarter)
    pieces = []
    for one in members(path, (".mid", ".midi")):
        try:
            midi = pretty_midi.PrettyMIDI(str(one))
        except Exception as error:  # mido's many
            raise Refused(f"{one}: expected a MIDI file: {type(error).__name__} {error}".rstrip()) from None
        ticks = [
            (midi.time_to_tick(note.start), midi.time_to_tick(note.end), note.pitch)
            for instrument in midi.instruments
            if not instrument.is_drum
            for note in instrument.notes
        ]
        if not ticks:
            raise Refused(f"{one}: got no notes, expected at least one beside drums")
        pieces.append(_frames(ticks, midi.resolution / per_quarter, low, high))
    return pieces


def labelled(rows: Iterable[Sequence[str]], path: Path) -> tuple[dict[str, list[str]], list[str]]:
    """Return the texts of each label, labels sorted, from rows of (text, label); and the labels.

    path: of the file, or of a folder.
    Raises Refused when there are fewer than two labels, or one has too few texts to be split into three parts.
    """
    by_label: dict[str, list[str]] = {}
    for text, label in rows:
        by_label.setdefault(label, []).append(text)
    if len(by_label) < 2:
        raise Refused(f"{path}: got {len(by_label)} label, {', '.join(by_label)}, expected at least two")
    for label, texts in by_label.items():
        if len(texts) < 10:
            raise Refused(f"{path}: got {len(texts)} lines labelled {label!r}, expected at least 10")
    ordered = sorted(by_label)
    return {label: by_label[label] for label in ordered}, ordered


def in_parts(
    items: Sequence[Item], path: Path, what: str, least: int = 10
) -> tuple[list[Item], list[Item], list[Item]]:
    """Split in order: the first 80 % for training, the next 10 % for validation, the last 10 % for test.

    Neighbours resemble each other, so parts are contiguous. what: the items' name, for the message.
    path: of the file, or of a folder.
    Raises Refused when there are fewer than `least` items.
    """
    check_sizes(least=least)
    if len(items) < least:
        raise Refused(f"{path}: got {len(items)} {what}, expected at least {least}, to train on 80 % of them")
    first, second = len(items) * 8 // 10, len(items) * 9 // 10
    return list(items[:first]), list(items[first:second]), list(items[second:])


def _decoded(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Refused(f"{path}: cannot be read: {error.strerror}") from None
    if not raw:
        raise Refused(f"{path}: got an empty file, expected text")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(f"{path}: got UTF-16, expected UTF-8; convert it with: iconv -f UTF-16 -t UTF-8")
    if (zero := raw.find(b"\0")) >= 0:
        raise Refused(f"{path}: got a binary file (byte {zero} is zero), expected text in UTF-8")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Refused(
            f"{path}: line {line}: got the byte 0x{raw[error.start]:02x}, expected UTF-8; "
            f"if it is Latin-1, convert it with: iconv -f LATIN1 -t UTF-8"
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _frames(notes: list[tuple[int, int, int]], width: float, low: int, high: int) -> np.ndarray:
    """Return the pitches that sound at the begin of each frame of so many ticks, four voices from the top down."""

    def moved(pitch: int) -> int:
        while pitch < low:
            pitch += 12
        while pitch > high:
            pitch -= 12
        return pitch

    frames: Any = [set() for _ in range(max(1, round(max(end for _, end, _ in notes) / width)))]
    for start, end, pitch in notes:
        first = min(round(start / width), len(frames) - 1)
        for k in range(first, min(max(round(end / width), first + 1), len(frames))):
            frames[k].add(moved(pitch))
    piece = np.zeros((len(frames), VOICES), np.int64)
    for row, sounding in zip(piece, frames):
        down = sorted(sounding, reverse=True)
        chosen = down if len(down) <= VOICES else [*down[: VOICES - 1], down[-1]]
        row[: len(chosen)] = chosen
    return piece
