"""IPython without a kernel around it: runs cells, and hands every output to a function. Runs in the student's process.

It is the shell of every Jupyter notebook, so magics, display and rich pictures are as students know them. Sockets,
threads and heartbeats of a kernel are not there: they take half a second to start, and nobody here needs them.
"""

import base64
import io
import time
from collections.abc import Callable

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any, Type
from traitlets.config import Config

__all__ = ["Hook", "Publisher", "Shell", "Stream", "make_shell"]

CHUNK = 100_000
"""Characters of one message of text."""


def _nobody(kind, content):
    """Show nothing: before the first cell there is nobody to show it to."""


class Publisher(DisplayPublisher):
    """What `display` shows."""

    shell: "Shell"

    def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **kwargs):
        """Hand it over."""
        self.shell.show("display_data", {"data": _as_text(data)})

    def clear_output(self, wait=False):
        """Do nothing: what was shown is not taken back here."""


class Hook(DisplayHook):
    """The value of a cell's last line."""

    shell: "Shell"

    def start_displayhook(self):
        """Do nothing at the beginning of a value."""

    def write_output_prompt(self):
        """Write no prompt."""

    def write_format_data(self, format_dict, md_dict=None):
        """Hand it over."""
        self.shell.show("execute_result", {"data": _as_text(format_dict)})

    def finish_displayhook(self):
        """Do nothing at the end of a value."""


class Shell(InteractiveShell):
    """The shell. `show(kind, content)` is called for each output; it is set before the first cell."""

    show: Callable[..., None] = Any(_nobody)  # type: ignore[assignment]
    displayhook_class = Type(Hook)
    display_pub_class = Type(Publisher)

    def enable_gui(self, gui=None):
        """Do nothing: there are no windows."""

    def ask_exit(self):
        """Do nothing: a notebook does not end before its last cell."""

    def _showtraceback(self, etype, evalue, stb):
        trace = [line[:CHUNK] for line in stb]
        self.show("error", {"ename": etype.__name__, "evalue": str(evalue)[:CHUNK], "traceback": trace})


class Stream(io.TextIOBase):
    """sys.stdout or sys.stderr: text is gathered for a moment, then handed over."""

    encoding = "utf-8"

    def __init__(self, name, show):
        self.name, self._show = name, show
        self._parts, self._size, self._last = [], 0, time.monotonic()

    def writable(self):
        """Return True."""
        return True

    def write(self, text):
        """Gather text; hand it over when there is much of it, or when it has waited long enough."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._parts.append(text)
        self._size += len(text)
        if self._size > CHUNK or time.monotonic() - self._last > 0.1:
            self.flush()
        return len(text)

    def flush(self):
        """Hand over what was gathered."""
        text, self._parts, self._size = "".join(self._parts), [], 0
        self._last = time.monotonic()
        for start in range(0, len(text), CHUNK):
            self._show("stream", {"name": self.name, "text": text[start : start + CHUNK]})


def make_shell():
    """Make the shell of this process. It keeps no history on disk, and starts no thread."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.autoindent = False
    return Shell.instance(config=config)


def _as_text(data):
    """Return outputs as text: pictures as base64, as notebooks have them."""
    return {
        key: base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for key, value in data.items()
        if isinstance(value, str | bytes)
    }
