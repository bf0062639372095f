"""What is kept of a student's output: text and pictures, up to a size. Nothing that a browser would run."""

from __future__ import annotations

import re
from typing import Any

from nbformat import NotebookNode, v4

__all__ = ["Keeper"]

KINDS = ("text/plain", "image/png", "image/jpeg")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


class Keeper:
    """Collects the outputs of one cell from messages that may say anything."""

    def __init__(self, room: int):
        self.outputs: list[NotebookNode] = []
        self._room = room

    def add(self, kind: str, content: dict[str, Any]) -> None:
        """Keep one message's output, as far as there is room."""
        if kind == "stream":
            self._stream("stderr" if content["name"] == "stderr" else "stdout", str(content["text"]))
        elif kind in ("execute_result", "display_data"):
            data = {key: str(content["data"][key]) for key in KINDS if key in content["data"]}
            if all(BASE64.fullmatch(text) for key, text in data.items() if key != "text/plain") and self._take(data):
                self.outputs.append(v4.new_output("display_data", data=data))
        elif kind == "error":
            trace = [str(line) for line in content["traceback"]][:200]
            if self._take({"traceback": "".join(trace)}):
                name, value = str(content["ename"])[:200], str(content["evalue"])[:2000]
                self.outputs.append(v4.new_output("error", ename=name, evalue=value, traceback=trace))

    def _stream(self, name: str, text: str) -> None:
        kept = text[: max(0, self._room)]
        self._room -= len(text)
        if not kept:
            return
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last.output_type == "stream" and last.name == name:
            last.text += kept
        else:
            self.outputs.append(v4.new_output("stream", name=name, text=kept))

    def _take(self, data: dict[str, str]) -> bool:
        size = sum(len(text) for text in data.values())
        self._room -= size
        return self._room >= 0
