"""Messages over a socket: four bytes of length, then a JSON object. The end in the student's process.

Ctrl-C may come at any moment. In the middle of a message it waits until the message is whole, or the two ends would no
longer understand each other. This file runs in the student's process.
"""

import contextlib
import select
import threading

from .protocol import pack, unpack

__all__ = ["Channel"]


class Channel:
    """One end of a socket. Several threads may send; one receives."""

    def __init__(self, sock):
        self._socket, self._lock = sock, threading.RLock()
        self._open, self._pending = False, False

    def send(self, message):
        """Send a JSON object. Raise ProtocolError, and send nothing, if it is too large."""
        text = pack(message).encode()
        with self._lock, self._closed():
            self._socket.sendall(len(text).to_bytes(4, "big") + text)

    def receive(self):
        """Return the next message. Ctrl-C gets out of the waiting, but not out of a message."""
        select.select([self._socket], [], [])
        with self._closed():
            return unpack(self._exactly(int.from_bytes(self._exactly(4), "big")).decode())

    def _exactly(self, count):
        parts = []
        while count:
            part = self._socket.recv(min(count, 1 << 20))
            if not part:
                raise SystemExit
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    # -- Ctrl-C -------------------------------------------------------------------------------------------

    def on_interrupt(self, *_):
        """Handle the signal: raise KeyboardInterrupt while a student's code runs, wait otherwise."""
        if self._open:
            raise KeyboardInterrupt
        self._pending = True

    @contextlib.contextmanager
    def interruptible(self):
        """Let Ctrl-C end what runs in this context, such as a student's code."""
        self._pending, self._open = False, True
        try:
            yield
        finally:
            self._open = False

    @contextlib.contextmanager
    def _closed(self):
        was, self._open = self._open, False
        try:
            yield
        finally:
            self._open = was
        if was and self._pending and threading.current_thread() is threading.main_thread():
            self._pending = False
            raise KeyboardInterrupt
