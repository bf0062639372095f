"""Throw inputs at the readers of what students wrote, for as long as you like.

    python -m tools.fuzz [--minutes N] [--target protocol|notebook|archive|outputs] [--seed S]

Without --target the time is shared among all. With atheris (in the `dev` extra, Linux on x86-64) inputs that reach
new code are kept and mutated further; without it the seeds are mutated blindly. What breaks a promise is told once for
each place in the code, and saved under runs/fuzz/TARGET/found/: mend it, then move the file to the seeds.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import random
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RUNS = ROOT / "runs" / "fuzz"
NAMES = ["protocol", "notebook", "archive", "outputs"]
LARGEST = 65536


class Recorder:
    """Run a target on inputs, say how fast, and keep one input for each place where a promise broke."""

    def __init__(self, name: str, targets: Any):
        self.name, self.targets, self.run = name, targets, targets.TARGETS[name]
        self.found, self.count, self.places = RUNS / name / "found", 0, set()
        self.found.mkdir(parents=True, exist_ok=True)
        self.began = self.told = time.monotonic()
        self.most = 0

    def __call__(self, data: bytes) -> None:
        if self.count == 300:  # by then the caches of nbformat and zipfile are warm
            self.most = self.targets.used() + self.targets.MEBIBYTES
        self.count += 1
        try:
            with self.targets.bounded(mebibytes=self.most or None):
                self.run(data)
        except (Exception, self.targets.TooMuch) as error:
            self._keep(data, error)
            self.most = self.most and self.targets.used() + self.targets.MEBIBYTES
        if time.monotonic() - self.told > 20:
            self.tell()

    def tell(self) -> None:
        """Print one line on how it goes."""
        self.told = time.monotonic()
        speed = self.count / max(self.told - self.began, 1e-9)
        print(
            f"[{self.name}] {self.count} inputs, {speed:.0f} a second, {self.targets.used()} MiB, "
            f"{len(self.places)} places found",
            flush=True,
        )

    def _keep(self, data: bytes, error: BaseException) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if str(ROOT) in frame.filename and "/.venv/" not in frame.filename]
        place = (type(error).__name__, *[(frame.filename, frame.lineno) for frame in ours[-2:]])
        if place in self.places:
            return
        self.places.add(place)
        path = self.found / hashlib.sha256(data).hexdigest()[:12]
        path.write_bytes(data)
        print(f"[{self.name}] FOUND {path.relative_to(ROOT)}", flush=True)
        print("".join(traceback.format_exception(error)[-12:])[-3000:], flush=True)


def guided(atheris: Any, name: str, seconds: float, seed: int) -> None:
    """Fuzz by coverage, and end the process."""
    sys.modules.pop("zipfile", None)  # NumPy has it already, without the marks of coverage
    with atheris.instrument_imports(
        include=["autograder.inside", "autograder.judge", "autograder.lms", "autograder.notebook", "zipfile"]
    ):
        from tools import fuzz_inputs as inputs
    from tools import fuzz_targets as targets

    record = Recorder(name, targets)
    corpus = RUNS / name / "corpus"
    corpus.mkdir(exist_ok=True)

    def change(data: bytes, most: int, chance: int) -> bytes:
        rng = random.Random(chance)
        new = atheris.Mutate(data, most) if rng.random() < 0.15 else inputs.mutate(name, data, rng)
        return new[:most]

    options = [
        f"-max_total_time={int(seconds)}",
        f"-seed={seed + 1}",
        f"-max_len={LARGEST}",
        "-timeout=30",
        "-rss_limit_mb=2000",
        f"-artifact_prefix={record.found}/",
        "-verbosity=0",
        "-len_control=0",
        str(corpus),
        str(inputs.SEEDS / name),
    ]
    atheris.Setup([sys.argv[0], *options], record, custom_mutator=change)
    atheris.Fuzz()


def blind(name: str, seconds: float, seed: int) -> None:
    """Try mutations of the seeds, without looking at what code they reach."""
    from tools import fuzz_inputs as inputs
    from tools import fuzz_targets as targets

    record, ends = Recorder(name, targets), time.monotonic() + seconds
    for data in inputs.wander(name, seed, [path.read_bytes() for path in inputs.seeds(name)]):
        record(data)
        if time.monotonic() > ends:
            break
    record.tell()


def one(name: str, seconds: float, seed: int) -> None:
    """Fuzz one target in this process."""
    with contextlib.suppress(ImportError):
        import torch  # noqa: F401  # so that tensors are among what is decoded
    try:
        import atheris
    except ImportError:
        blind(name, seconds, seed)
    else:
        guided(atheris, name, seconds, seed)


def all_of(names: list[str], seconds: float, seed: int, run: Callable = subprocess.call) -> int:
    """Fuzz one target after the other, each in a process of its own; one that was killed starts again."""
    for name in names:
        ends, tries = time.monotonic() + seconds / len(names), 0
        while (left := ends - time.monotonic()) > 1 and tries < 50:
            print(f"[{name}] starts, {left / 60:.1f} minutes", flush=True)
            chosen = ["--target", name, "--minutes", str(left / 60), "--seed", str(seed + tries)]
            code = run([sys.executable, "-m", "tools.fuzz", "--one", *chosen], cwd=ROOT)
            tries += 1
            if code:
                print(f"[{name}] ended with status {code}: look for crash-, oom- or timeout- among what was found")
    found = [path for name in names for path in sorted((RUNS / name / "found").glob("*"))]
    print(f"{len(found)} inputs found", *[path.relative_to(ROOT) for path in found], sep="\n", flush=True)
    return bool(found)


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--target", choices=NAMES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.one:
        one(said.target, 60 * said.minutes, said.seed)
        return 0
    return all_of([said.target] if said.target else NAMES, 60 * said.minutes, said.seed)


if __name__ == "__main__":
    sys.exit(main())
