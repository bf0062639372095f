"""What is kept of a student's output: text and pictures, up to a size. Nothing that a browser would run."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode, v4

__all__ = ["Keeper"]

KINDS = ("text/plain", "image/png", "image/jpeg")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")

EACH = 100
"""Room that an output takes besides its text: empty ones are bounded, too."""


@dataclass
class Keeper:
    """Collects the outputs of one cell from messages that may say anything. Their text together has `room` characters.

    What is kept is valid nbformat, and can be written as UTF-8.
    """

    room: int
    outputs: list[NotebookNode] = field(default_factory=list)

    def add(self, kind: str, content: dict[str, Any]) -> None:
        """Keep one message's output, as far as there is room. Of an unknown kind nothing is kept.

        A message without the parts of its kind raises what Python raises there, and nothing of it is kept.
        """
        if kind == "stream":
            self._stream("stderr" if content["name"] == "stderr" else "stdout", _text(content["text"]))
        elif kind in ("execute_result", "display_data"):
            data = {key: _text(content["data"][key]) for key in KINDS if key in content["data"]}
            pictures = [text for key, text in data.items() if key != "text/plain"]
            if data and all(map(BASE64.fullmatch, pictures)) and self._take(*data.values()):
                self.outputs.append(v4.new_output("display_data", data=data))
        elif kind == "error":
            trace = [_text(line) for line in content["traceback"][:200]]
            name, value = _text(content["ename"])[:200], _text(content["evalue"])[:2000]
            if self._take(name, value, *trace):
                self.outputs.append(v4.new_output("error", ename=name, evalue=value, traceback=trace))

    def _stream(self, name: str, text: str) -> None:
        last = self.outputs[-1] if self.outputs else None
        if last is None or last.output_type != "stream" or last.name != name:
            last = None
            self.room -= EACH
        kept = text[: max(0, self.room)]
        self.room -= len(text)
        if not kept:
            return
        if last is not None:
            last.text += kept
        else:
            self.outputs.append(v4.new_output("stream", name=name, text=kept))

    def _take(self, *texts: str) -> bool:
        self.room -= EACH + sum(len(text) for text in texts)
        return self.room >= 0


def _text(value: Any) -> str:
    """Return the value as text that a file can hold: JSON can spell half of a character."""
    return str(value).encode("utf-8", "replace").decode()
