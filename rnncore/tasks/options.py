"""Options of a task, all checked before the first step: what was got and what is expected, in one line."""

from __future__ import annotations

import argparse
import functools
import importlib.util
import math
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from rnncore import ops
from rnncore.train import hush, take_gpu
from rnncore.types import Refused

__all__ = [
    "CORPUS",
    "FILE",
    "SOURCE",
    "Command",
    "Options",
    "answering",
    "at_least_zero",
    "below_one",
    "load",
    "place",
    "positive",
    "whole",
]

SOURCE = "the built-in source"
CORPUS = "a corpus"
FILE = "a file of your own"
"""What a task can learn from; an option says for which of them it has an effect."""
ENDINGS = {"plot": (".svg", ".png", ".html"), "save": (".npz",), "midi": (".mid", ".midi"), "wav": (".wav",)}
"""Options that name a file to write whose ending matters."""
FILES = ("results", *ENDINGS)

Options = argparse.Namespace


def whole(least: int = 1) -> Callable[[str], int]:
    """Return a type of options: an integer, at least `least`."""
    ops.check_sizes(0, least=least)

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least:
            raise argparse.ArgumentTypeError(f"got {text!r}, expected an integer, at least {least}")
        return value

    return read


def positive(text: str) -> float:
    """Read a positive number.

    text: what is read.
    """
    return _number(text, "a positive number", lambda value: 0 < value < math.inf)


def at_least_zero(text: str) -> float:
    """Read a number that is not negative.

    text: what is read.
    """
    return _number(text, "a number, at least 0", lambda value: 0 <= value < math.inf)


def below_one(text: str) -> float:
    """Read a number from 0 to 1, 1 left out.

    text: what is read.
    """
    return _number(text, "a number in [0, 1)", lambda value: 0 <= value < 1)


def place(text: str) -> Path:
    """Read a path.

    text: what is read.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError("got nothing, expected a path")
    return Path(text)


class Command(argparse.ArgumentParser):
    """A command line whose options say for which data they have an effect, and which is checked as a whole.

    name: of the task, module: where it is. doc: its help. steps: how many are the default, for each kind of data; None
    for a command that trains nothing and has no option but its own. corpora: the names that
    --data takes; files: what else it takes, a description of a file of the reader's own, "" for none.
    """

    def __init__(
        self,
        name: str,
        doc: str | None,
        steps: dict[str, Any] | None,
        corpora: Sequence[str] = (),
        files: str = "",
        module: str = "rnncore.tasks",
    ) -> None:
        super().__init__(
            prog=f"python -m {module}{' ' if steps is None else '.'}{name}",
            description=doc,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        self._effects: dict[str, tuple[tuple[str, ...], Any, str]] = {}
        self._corpora, self._files = tuple(corpora), files
        if steps is None:  # nothing is trained
            return
        said = ", ".join(f"{count} for {kind}" for kind, count in steps.items())
        self.option(
            "--steps",
            default={kind: int(str(count).split()[0].rstrip(",")) for kind, count in steps.items()},
            type=whole(),
            help=f"training steps in all ({said})",
        )
        self.option("--seed", default=0, type=whole(0))
        if self._corpora or files:
            known = f"real data: {', '.join(self._corpora)}" if self._corpora else ""
            self.add_argument("--data", help="; or ".join(filter(None, (known, files))))
        self.option("--device", default="cpu", help="cpu for NumPy, cuda for torch on a GPU, torch for it on the CPU")
        self.option("--run-dir", type=place, help="folder for checkpoints; a run that finds one there goes on from it")
        self.option("--results", type=place, help="write scores, command, seed, time and machine to this JSON file")
        self.option("--plot", type=place, help="draw the history into this .svg, .png or .html file")
        if files:
            self.option(
                "--save", of=(CORPUS, FILE), type=place, help="keep the model in this .npz file, to use it again"
            )
        self.add_argument("--quiet", action="store_true", help="no progress bar")

    def option(self, name: str, of: Sequence[str] = (SOURCE, CORPUS, FILE), default: Any = None, **more: Any) -> None:
        """Add an option that has an effect on these kinds of data; default: a value, or one for each kind.

        more: options.
        """
        action = self.add_argument(name, **{**more, "default": None})
        self._effects[action.dest] = (tuple(of), default, name)
        if len(of) < 3 and (self._corpora or self._files):
            action.help = f"{more.get('help') or ''} (of {' and '.join(of)})".strip()

    def error(self, message: str) -> NoReturn:
        """Raise Refused instead of printing how to use this: the message names the option."""
        raise Refused(message)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            known = ", ".join(map(str, action.choices))
            raise argparse.ArgumentError(action, f"got {value!r}, expected one of {known}")

    def read(self, arguments: list[str]) -> Options:
        """Return the options, with `kind` for the data that is meant and `--data` as a path where it is one's own.

        Tries all places that are to be written to, and the device. Raises Refused for what cannot be done, and for an
        option that would have no effect. Under torchrun, only the first process prints from here on.
        arguments: those of the command line.
        """
        hush()
        options = self.parse_args(arguments)
        data = getattr(options, "data", None)
        options.kind = SOURCE if data is None else CORPUS if data in self._corpora else FILE
        if options.kind == FILE:
            if not self._files:
                self.error(f"argument --data: got {data!r}, expected one of {', '.join(self._corpora)}")
            options.data = Path(str(data))
            if not options.data.exists():
                known = f" or one of {', '.join(self._corpora)}" if self._corpora else ""
                self.error(f"argument --data: got {data!r}, which is no file; expected {self._files}{known}")
        for dest, (of, default, name) in self._effects.items():
            given = getattr(options, dest)
            if given is not None and given is not False:
                if options.kind not in of:
                    self.error(f"argument {name}: has no effect on {options.kind}, only on {' and '.join(of)}")
            else:
                setattr(options, dest, default.get(options.kind) if isinstance(default, dict) else default)
        self._try_places(options)
        if not hasattr(options, "device"):
            return options
        try:
            take_gpu(options.device)
            ops.to_device(np.zeros(1), options.device)
        except (RuntimeError, ValueError, ImportError) as error:
            self.error(f"argument --device: {str(error).splitlines()[0]}")
        return options

    def _try_places(self, options: Options) -> None:
        for dest in FILES:
            path, name = getattr(options, dest, None), f"--{dest}"
            if path is None:
                continue
            if (endings := ENDINGS.get(dest)) and path.suffix.lower() not in endings:
                self.error(f"argument {name}: got {str(path)!r}, expected a name that ends in {' or '.join(endings)}")
            if path.is_dir():
                self.error(f"argument {name}: got {str(path)!r}, which is a folder, expected a file")
            self._try_folder(name, path.parent)
        if getattr(options, "run_dir", None) is not None:
            self._try_folder("--run-dir", options.run_dir)
        if getattr(options, "plot", None) is not None:
            needs = ["altair"] if options.plot.suffix == ".html" else ["altair", "vl_convert"]
            if missing := [package for package in needs if importlib.util.find_spec(package) is None]:
                self.error(f"argument --plot: needs {missing[0]}; try: pip install altair vl-convert-python")

    def _try_folder(self, name: str, folder: Path) -> None:
        """Make a folder if there is none, and write to it, as will be done after the training."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            self.error(f"argument {name}: {str(folder)!r} cannot be written to: {error.strerror}")


def answering(name: str) -> Callable[[Callable[[list[str]], int]], Callable[..., int]]:
    """Make a task's `main` answer a user's mistake by one line and exit status 2, never by a traceback.

    name: of the module that is run. A training whose numbers are no longer finite is told likewise, with status 1; an
    interrupt has status 130.
    """

    def decorate(main: Callable[[list[str]], int]) -> Callable[..., int]:
        @functools.wraps(main)
        def answer(arguments: list[str] | None = None) -> int:
            try:
                return main(sys.argv[1:] if arguments is None else arguments)
            except Refused as error:
                print(f"{name}: error: {error}", file=sys.stderr)
                return 2
            except FloatingPointError as error:
                print(f"{name}: the training failed: {error}; a smaller learning rate may help", file=sys.stderr)
                return 1
            except KeyboardInterrupt:
                return 130

        return answer

    return decorate


def load(name: str, read: Callable[..., Any], *arguments: Any) -> Any:
    """Return read(*arguments), the data of a corpus; Refused, naming it, where it is not there or cannot be fetched.

    name: of the task.
    """
    try:
        return read(*arguments)
    except Refused:
        raise
    except (OSError, ValueError) as error:  # those of requests are OSErrors
        raise Refused(f"argument --data: {name} cannot be had: {' '.join(str(error).split())}") from error


def _number(text: str, expected: str, fits: Callable[[float], bool]) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not fits(value):
        raise argparse.ArgumentTypeError(f"got {text!r}, expected {expected}")
    return value
