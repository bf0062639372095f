"""The built book, once for all tests here; what `make book` built is used while it is newer than its sources."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "_build" / "html"


def sources() -> list[Path]:
    """What the pages are made from."""
    files = [ROOT / "_config.yml"]
    for room, endings in [("book", {".md", ".py", ".yml", ".bib", ".css", ".js"}), ("rnncore", {".py"})]:
        files += [p for p in (ROOT / room).rglob("*") if p.suffix in endings and "vendor" not in p.parts]
    return files


def is_fresh() -> bool:
    """Is every page newer than every source?"""
    ready = BUILT / ".ready"
    return ready.exists() and ready.stat().st_mtime > max(p.stat().st_mtime for p in sources())


def build(place: Path) -> None:
    """Build the pages below a folder."""
    subprocess.run([sys.executable, "-m", "tools.vendor"], cwd=ROOT, check=True)
    subprocess.run([sys.executable, "-m", "rnncore", "--compile"], cwd=ROOT, check=True)
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", "book", "--config", "_config.yml"]
    cache = ROOT / "_build" / ".jupyter_cache"
    if cache.exists():
        shutil.copytree(cache, place / "_build" / ".jupyter_cache")
    done = subprocess.run(
        [*command, "--path-output", str(place), "-W", "-n", "--keep-going"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]


@pytest.fixture(scope="session")
def book(tmp_path_factory, worker_id) -> Path:
    """The folder of the built pages; several processes that test build them once."""
    if is_fresh():
        return BUILT
    alone = worker_id == "master"
    place = (tmp_path_factory.getbasetemp() if alone else tmp_path_factory.getbasetemp().parent) / "book"
    place.mkdir(exist_ok=True)
    with open(place / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "built").exists():
            build(place)
            (place / "built").touch()
    return place / "_build" / "html"
