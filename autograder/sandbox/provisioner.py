"""Starts a Jupyter kernel inside bubblewrap. jupyter_client finds it by its entry point, rnn-course-sandbox."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Bool, Dict

from autograder.sandbox import bubblewrap, seccomp
from autograder.sandbox.limits import Limits

__all__ = ["SandboxMissing", "SandboxProvisioner", "as_config"]


class SandboxMissing(RuntimeError):
    """There is no sandbox on this host, and nobody said to go on without."""


class SandboxProvisioner(LocalProvisioner):
    """A local kernel, with bubblewrap between it and the host. Talks over ipc sockets, since there is no network.

    The sockets are in the sandbox's own /tmp, which the host reaches through /proc/<pid>/root. So the sandbox can
    write to no folder of the host at all.
    """

    limits = Dict(help="fields of autograder.sandbox.limits.Limits").tag(config=True)
    unsafe = Bool(False, help="run without any sandbox where bubblewrap is missing").tag(config=True)
    child_pid: int | None = None
    errors: Any = None
    parent: Any  # the kernel manager
    _stubs: Any = None

    @property
    def sandboxed(self) -> bool:
        """Is there a sandbox around this kernel?"""
        return bubblewrap.available() is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        if not self.sandboxed and not self.unsafe:
            raise SandboxMissing(
                "bwrap (bubblewrap) was not found, so submissions would run with your own rights. "
                "Install it, or say unsafe=True if every submission may read and change all of your files."
            )
        if self.sandboxed:
            self.parent.transport = "ipc"
            self.parent.ip = bubblewrap.SOCKETS
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        limits = Limits(**self.limits)
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115  (it lives as long as the kernel)
        if self.sandboxed:
            self._launch_inside(limits)
            assert self.connection_info is not None
            self.connection_info["ip"] = f"/proc/{self.child_pid}/root{bubblewrap.SOCKETS}"
        else:
            self._launch_unsafe(limits)
        self.pid, self.pgid = self.process.pid, os.getpgid(self.process.pid)
        return self.connection_info

    def _launch_inside(self, limits: Limits) -> None:
        data_read = _pipe_with(Path(self.parent.connection_file).read_bytes())
        program = seccomp.program()
        filter_read = _pipe_with(program) if program is not None else None
        info_read, info_write = os.pipe()
        given = [fd for fd in (data_read, info_write, filter_read) if fd is not None]
        try:
            argv = bubblewrap.command(limits, data_read, info_write, filter_read, ["-f", bubblewrap.CONNECTION])
            self.process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self.errors,
                pass_fds=given,
                start_new_session=True,
                env={},
            )
            while given:
                os.close(given.pop())  # or the pipe would not end when bubblewrap does
            self.child_pid = _read_pid(info_read, time.monotonic() + limits.start)
        finally:
            for fd in (*given, info_read):
                os.close(fd)
        if self.child_pid is None:
            self.process.kill()
            self.process.wait()
            raise RuntimeError(f"bubblewrap did not start: {self.last_words()}")

    def _launch_unsafe(self, limits: Limits) -> None:
        """No sandbox; the limits on time, output and processes still hold, and the stub is first on the path."""
        self._stubs = tempfile.TemporaryDirectory()
        package = Path(self._stubs.name) / "autograder"
        (package / "judge").mkdir(parents=True)
        here = Path(__file__).resolve().parent
        (package / "__init__.py").write_text((here / "stub.py").read_text())
        for name in bubblewrap.AGENT:
            (package / "judge" / name).write_text((here.parent / "judge" / name).read_text())
        home = str(Path(self._stubs.name) / "home")  # not the folder of the stubs: IPython takes that off the path
        os.mkdir(home)
        plan = json.loads(bubblewrap.plan(limits, None)) | {"home": home, "path": [self._stubs.name]}
        plan["limits"].pop("RLIMIT_NPROC")  # it would count every process of this user
        self.process = subprocess.Popen(
            [sys.executable, "-I", str(here / "launch.py"), json.dumps(plan), "-f", self.parent.connection_file],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self.errors,
            start_new_session=True,
            env={**bubblewrap.ENVIRONMENT, "HOME": home, "IPYTHONDIR": home},
        )
        self.child_pid = self.process.pid

    def last_words(self) -> str:
        """The end of what the kernel wrote to its own stderr: for the instructor, when it did not start."""
        if self.errors is None or self.errors.closed:
            return ""
        size = self.errors.seek(0, os.SEEK_END)
        self.errors.seek(max(0, size - 2000))
        return self.errors.read(2000).decode(errors="replace").strip()

    async def cleanup(self, restart: bool = False) -> None:
        for thing in (self.errors, self._stubs):
            if thing is not None:
                thing.close() if hasattr(thing, "close") else thing.cleanup()
        await super().cleanup(restart)


def as_config(limits: Limits, unsafe: bool = False) -> dict[str, Any]:
    """What goes under metadata.kernel_provisioner.config of a kernel spec."""
    return {"limits": asdict(limits), "unsafe": unsafe}


def _pipe_with(data: bytes) -> int:
    """The end of a pipe from which these few bytes can be read."""
    read, write = os.pipe()
    os.write(write, data)
    os.close(write)
    return read


def _read_pid(fd: int, deadline: float) -> int | None:
    """The pid in the JSON that bubblewrap writes, or None if it died before, or wrote nothing in time."""
    text = b""
    while not text.rstrip().endswith(b"}"):
        if not select.select([fd], [], [], max(0.0, deadline - time.monotonic()))[0]:
            return None
        part = os.read(fd, 4096)
        if not part:
            return None
        text += part
    return json.loads(text)["child-pid"]
