"""Real corpora: fetched once, or read from a folder, and their hashes checked either way."""

from __future__ import annotations

import json
import os
from importlib import resources
from pathlib import Path

import pooch

__all__ = ["corpus_file", "registry", "tiny_shakespeare"]


def registry() -> dict[str, dict]:
    """What can be had: file name -> {"url", "sha256", "bytes", "licence"}."""
    entries = json.loads(resources.files("rnncore.data").joinpath("registry.json").read_text())
    return {entry.pop("file"): entry for entry in entries}


def corpus_file(name: str) -> Path:
    """The local path of a corpus file, its SHA-256 checked.

    If the environment variable RNNCORE_DATA names a folder, the file is taken from there and the network is not
    touched. Otherwise it is downloaded once into the user's cache.
    Raises ValueError for an unknown name or a wrong hash, FileNotFoundError for a file missing in RNNCORE_DATA.
    """
    known = registry()
    if name not in known:
        raise ValueError(f"name: got {name!r}, expected one of {', '.join(sorted(known))}")
    folder = os.environ.get("RNNCORE_DATA")
    if folder is None:
        return Path(pooch.retrieve(known[name]["url"], f"sha256:{known[name]['sha256']}", fname=name.replace("/", "-"),
                                   path=pooch.os_cache("rnncore"), progressbar=True))  # fmt: skip
    path = Path(folder) / name
    if not path.is_file():
        raise FileNotFoundError(f"RNNCORE_DATA: expected the file {name} in {folder}, got none")
    got = pooch.file_hash(str(path), alg="sha256")
    if got != known[name]["sha256"]:
        raise ValueError(f"{path}: got SHA-256 {got}, expected {known[name]['sha256']}")
    return path


def tiny_shakespeare() -> tuple[str, str]:
    """The text in two parts: the first 90 % for training, the last 10 % for validation."""
    text = corpus_file("tiny-shakespeare/input.txt").read_text(encoding="utf-8")
    cut = len(text) * 9 // 10
    return text[:cut], text[cut:]
