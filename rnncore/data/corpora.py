"""Real corpora: fetched once, or read from a folder, and their hashes checked either way."""

from __future__ import annotations

import gzip
import json
import os
from importlib import resources
from pathlib import Path
from unicodedata import normalize

import numpy as np

__all__ = [
    "corpus_file",
    "jsb_chorales",
    "multi30k",
    "names",
    "registry",
    "rt_polarity",
    "tiny_shakespeare",
    "ud_english_ewt",
]


def registry() -> dict[str, dict]:
    """Return what can be had: file name -> {"url", "sha256", "bytes", "licence"}."""
    entries = json.loads(resources.files("rnncore.data").joinpath("registry.json").read_text())
    return {entry.pop("file"): entry for entry in entries}


def corpus_file(name: str) -> Path:
    """Return the local path of a corpus file, its SHA-256 checked.

    If the environment variable RNNCORE_DATA names a folder, the file is taken from there and the network is not
    touched. Otherwise it is downloaded once into the user's cache.
    Raises ValueError for an unknown name or a wrong hash, FileNotFoundError for a file missing in RNNCORE_DATA.
    """
    import pooch  # on request only

    known = registry()
    if name not in known:
        raise ValueError(f"name: got {name!r}, expected one of {', '.join(sorted(known))}")
    folder = os.environ.get("RNNCORE_DATA")
    if folder is None:
        url, known_hash, fname = known[name]["url"], f"sha256:{known[name]['sha256']}", name.replace("/", "-")
        return Path(pooch.retrieve(url, known_hash, fname=fname, path=pooch.os_cache("rnncore"), progressbar=True))
    path = Path(folder) / name
    if not path.is_file():
        raise FileNotFoundError(f"RNNCORE_DATA: expected the file {name} in {folder}, got none")
    got = pooch.file_hash(str(path), alg="sha256")
    if got != known[name]["sha256"]:
        raise ValueError(f"{path}: got SHA-256 {got}, expected {known[name]['sha256']}")
    return path


def tiny_shakespeare() -> tuple[str, str]:
    """Return the text in two parts: the first 90 % for training, the last 10 % for validation."""
    text = corpus_file("tiny-shakespeare/input.txt").read_text(encoding="utf-8")
    cut = len(text) * 9 // 10
    return text[:cut], text[cut:]


def ud_english_ewt(split: str) -> list[list[tuple[str, str]]]:
    """Return sentences as lists of (word, universal part of speech). split: "train", "dev" or "test"."""
    import conllu  # on request only

    _check_split(split, ("train", "dev", "test"))
    text = corpus_file(f"ud-english-ewt/en_ewt-ud-{split}.conllu").read_text(encoding="utf-8")
    return [
        [(token["form"], token["upos"]) for token in sentence if isinstance(token["id"], int)]
        for sentence in conllu.parse(text)  # a token whose id is a range, as of "don't", repeats its parts
    ]


def multi30k(split: str) -> list[tuple[str, str]]:
    """Return pairs of a German and an English sentence. split: "train", "val" or "test_2016_flickr"."""
    _check_split(split, ("train", "val", "test_2016_flickr"))
    sides = []
    for language in ("de", "en"):
        with gzip.open(corpus_file(f"multi30k/{split}.{language}.gz"), "rt", encoding="utf-8") as file:
            sides.append(file.read().strip().split("\n"))
    return list(zip(*sides, strict=True))


def jsb_chorales(split: str) -> list[np.ndarray]:
    """Return chorales as arrays (frames, 4) of MIDI pitches, soprano to bass, four frames to a quarter note.

    A voice that rests has pitch 0. split: "train", "valid" or "test".
    """
    _check_split(split, ("train", "valid", "test"))
    pieces = json.loads(corpus_file("jsb-chorales/Jsb16thSeparated.json").read_text())[split]
    return [np.nan_to_num(np.array(piece, dtype=float)).clip(0).astype(np.int64) for piece in pieces]


def names() -> dict[str, list[str]]:
    """Return family names by language, 18 of them, each name once per language, in Unicode's composed form."""
    files = sorted(name for name in registry() if name.startswith("names/"))
    return {
        Path(name).stem: sorted({normalize("NFC", line.strip()) for line in lines if line.strip()})
        for name, lines in ((name, corpus_file(name).read_text("utf-8").splitlines()) for name in files)
    }


def rt_polarity() -> tuple[list[list[str]], np.ndarray]:
    """Return sentences of film reviews as words, already cut apart by spaces, and labels: 0 for negative, 1 for
    positive.
    """
    sides = [
        corpus_file(f"rt-polarity/rt-polarity.{side}").read_text(encoding="cp1252").strip().split("\n")
        for side in ("neg", "pos")
    ]
    return [line.split() for side in sides for line in side], np.repeat([0, 1], [len(side) for side in sides])


def _check_split(split: str, known: tuple[str, ...]) -> None:
    if split not in known:
        raise ValueError(f"split: got {split!r}, expected one of {known}")
