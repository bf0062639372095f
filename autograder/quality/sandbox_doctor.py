"""Does the sandbox hold on this host? It is tried, with small attacks from inside, and told as a table."""

from __future__ import annotations

import json
import os
import platform
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from autograder.judge.kernel import InfrastructureError, Kernel
from autograder.sandbox import bubblewrap, cgroup
from autograder.sandbox.limits import MIB, Limits

__all__ = ["Finding", "probe"]

REPO = Path(__file__).resolve().parents[2]
LIMITS = Limits(start=60, cell=30, total=120, resident=600 * MIB, memory=2048 * MIB, file=8 * MIB, tmp=16 * MIB)


class Finding(NamedTuple):
    """One promise. holds: True, False, or None where it could not be tried. detail: what was seen.

    required: grading is not safe without it. What is not required makes a limit sharper, and is worth having.
    """

    promise: str
    holds: bool | None
    detail: str
    required: bool = True


PROBES = {
    "no network": """
import socket
try:
    socket.create_connection(("192.0.2.1", 80), timeout=1); answer = (False, "connected")
except OSError as error:
    answer = (True, str(error))
names = [line.split(":")[0].strip() for line in open("/proc/net/dev").read().splitlines()[2:]]
if set(names) - {"lo"}: answer = (False, str(names))
""",
    "no socket leads out of the sandbox another way": """
import socket
opened = []
for family in range(50):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
        try: socket.socket(family, kind).close(); opened.append(family)
        except OSError: pass
answer = (not opened, f"families that open: {sorted(set(opened)) or 'none'}")
""",
    "it stays on the processors that it was given": """
import os
try: os.sched_setaffinity(0, range(64)); answer = (False, "it could choose others")
except OSError as error: answer = (True, error.strerror)
""",
    "the files of the course are out of sight": """
import os
answer = (not os.path.exists(SECRET) and not os.path.exists(REPO + "/pyproject.toml"), "looked for a file of the host")
""",
    "the reference and the true checks cannot be imported": """
import importlib
got = []
for name in ("rnncore", "autograder.checks", "autograder.cases", "solutions"):
    try: importlib.import_module(name); got.append(name)
    except ImportError: pass
answer = (not got, "imported " + (", ".join(got) or "none of them"))
""",
    "what an assignment forbids is not there": """
import sys
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "Forbidden"]
got = []
for name in ("torch", "jax", "tensorflow"):
    try:
        if getattr(__import__(name), "__file__", None): got.append(name)
    except ImportError: pass
answer = (not got, "imported " + (", ".join(got) or "none of torch, jax, tensorflow"))
""",
    "nothing of the host can be written to": """
import os
places = set()
for folder, folders, files in os.walk("/"):
    if folder.startswith(("/proc", "/sys", "/tmp", "/dev/shm")):
        folders.clear(); continue
    if folder.count("/") > 3: folders.clear()
    try:
        open(folder + "/.probe", "w").close(); places.add(folder); os.remove(folder + "/.probe")
    except OSError: pass
import numpy
try: open(numpy.__file__, "a").close(); places.add(numpy.__file__)
except OSError: pass
answer = (not places, "writable: " + (", ".join(sorted(places)[:5]) or "only /tmp and /dev/shm, in memory"))
""",
    "/tmp has a size": """
import os
written = 0
try:
    for k in range(64):
        with open(f"/tmp/fill{k}", "wb") as file: written += file.write(bytes(4 << 20)); file.flush()
    answer = (False, f"wrote {written >> 20} MiB")
except OSError as error:
    answer = (True, f"stopped after {written >> 20} MiB: {error.strerror}")
for k in range(64):
    if os.path.exists(f"/tmp/fill{k}"): os.remove(f"/tmp/fill{k}")
""",
    "other processes are out of sight": """
import os
seen = [int(name) for name in os.listdir("/proc") if name.isdigit()]
answer = (len(seen) < 10, f"{len(seen)} processes in sight")
""",
    "no rights": """
import os
status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
held = int(status["CapEff"], 16) | int(status["CapPrm"], 16)
answer = (held == 0 and status["NoNewPrivs"].strip() == "1", f"user id {os.getuid()}, capabilities {held:x}")
""",
    "the environment is clean": """
import os
kept = sorted(set(os.environ) - set(EXPECTED))
answer = (MARK not in os.environ.values(), "additional: " + (", ".join(kept) or "none"))
""",
    "the number of processes is limited": """
import os, signal
children = []
try:
    while len(children) < 300:
        pid = os.fork()
        if pid == 0: signal.pause(); os._exit(0)
        children.append(pid)
    answer = (False, "started 300")
except OSError as error:
    answer = (True, f"stopped after {len(children)}: {error.strerror}")
for pid in children: os.kill(pid, 9); os.waitpid(pid, 0)
""",
    "the size of one file is limited": """
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    with open("/dev/shm/big", "wb") as file: file.write(bytes(12 << 20)); file.flush()
    answer = (False, "wrote 12 MiB")
except OSError as error:
    answer = (True, error.strerror)
""",
    "one process cannot take 10 GB": """
import numpy
try: numpy.ones(1_300_000_000); answer = (False, "it could")
except MemoryError: answer = (True, "MemoryError")
""",
    "memory that no process shows cannot be taken": """
import ctypes, os
libc, taken = ctypes.CDLL(None, use_errno=True), []
try: os.close(os.memfd_create("probe")); taken.append("memfd")
except OSError: pass
if libc.shmget(0, 4096, 0o1600) >= 0: taken.append("shared memory of System V")
if os.fork() == 0: os._exit(0 if libc.unshare(0x10000000) == 0 else 1)
if os.wait()[1] == 0: taken.append("a user namespace, and file systems in it")
answer = (not taken, "could have: " + (", ".join(taken) or "none"))
""",
}
"""Promise -> code that leaves (does it hold?, what was seen) in `answer`."""

BOMB = """
import os, time
for _ in range(8):
    if os.fork() == 0:
        block = bytearray()
        while True: block += os.urandom(1 << 20) * 8; time.sleep(0.01)
time.sleep(25)
"""


def probe(limits: Limits = LIMITS) -> list[Finding]:
    """Try every promise, in one sandbox, and the last ones in sandboxes of their own."""
    if bubblewrap.available() is None:
        return [Finding("there is a sandbox", False, "bwrap (bubblewrap) was not found: grading refuses to start")]
    findings = [Finding("there is a sandbox", True, f"{bubblewrap.available()}, Linux {platform.release()}")]
    mark = "probe-" + os.urandom(8).hex()
    os.environ["RNN_COURSE_PROBE"] = mark
    try:
        with tempfile.NamedTemporaryFile("w", prefix="secret-") as secret, Kernel(limits) as kernel:
            known = {"SECRET": secret.name, "REPO": str(REPO), "MARK": mark, "EXPECTED": list(bubblewrap.ENVIRONMENT)}
            kernel.run("\n".join(f"{name} = {value!r}" for name, value in known.items()))
            findings += [_ask(kernel, promise, code) for promise, code in PROBES.items()]
    except InfrastructureError as error:
        return [*findings, Finding("a kernel starts inside", False, str(error)[-500:])]
    finally:
        del os.environ["RNN_COURSE_PROBE"]
    return [*findings, _memory_together(limits), _memory_in_sockets(limits), _cgroup(limits), *_fair()]


def _ask(kernel: Kernel, promise: str, code: str) -> Finding:
    ran = kernel.run(code + "\nimport json; print('PROBE' + json.dumps(answer))")
    text = "".join(out.text for out in ran.outputs if out.output_type == "stream")
    if "PROBE" not in text:
        return Finding(promise, None, f"could not be tried: {ran.error or kernel.stopped}")
    holds, detail = json.loads(text.rsplit("PROBE", 1)[1])
    return Finding(promise, bool(holds), detail)


def _memory_together(limits: Limits) -> Finding:
    """Try several processes that each stay small: only their sum is too much."""
    began = time.monotonic()
    with Kernel(limits) as kernel:
        kernel.run(BOMB)
        stopped = kernel.stopped
    holds = stopped is not None and stopped.reason == "memory"
    peak = f"highest {kernel.peak >> 20} MiB, after {time.monotonic() - began:.1f} s"
    return Finding("all processes together cannot take more memory than said", holds, peak)


QUEUES = """
import os, socket, time
for _ in range(16):
    if os.fork() == 0:
        pairs = []
        try:
            while True:
                pairs += socket.socketpair()
                for end in pairs[-2:]:
                    end.setblocking(False)
                    try:
                        while True: end.send(bytes(1 << 15))
                    except BlockingIOError: pass
        except OSError: time.sleep(25)
time.sleep(25)
"""


def _memory_in_sockets(limits: Limits) -> Finding:
    """Try processes that keep little themselves, and much on its way between them."""
    with Kernel(limits) as kernel:
        kernel.run(QUEUES)
        stopped = kernel.stopped
    holds = stopped is not None and stopped.reason == "memory"
    return Finding("what lies in sockets counts as memory", holds, str(stopped or "nothing was stopped"))


def _fair() -> list[Finding]:
    """Find out what keeps a busy notebook from costing its neighbour anything."""
    shared, told = cgroup.shares(), Path("/proc/self/schedstat").exists()
    seen = "control groups share the processor" if shared else "no control group for the processor may be made: "
    seen += "" if shared else "where there are more workers than cores, a busy notebook takes its neighbour's time"
    wait = "the system tells how long a process waits" if told else "the system does not tell how long a process waits"
    return [
        Finding("each notebook has an equal share of the processor", shared, seen, required=False),
        Finding("the time that a neighbour takes is not counted", told, wait, required=False),
    ]


GULP = """
import os
for _ in range(3):
    if os.fork() == 0:
        block = bytearray(b"x") * (700 << 20)
        os._exit(0)
for _ in range(3): os.wait()
"""


def _cgroup(limits: Limits) -> Finding:
    """Find out whether the system itself stops too much memory: only a control group does so before the next look."""
    promise = "memory is limited by the system itself, at once"
    version, found = cgroup.places()
    if not found:
        seen = "no control group may be made: memory is watched four times a second"
        return Finding(promise, False, seen, required=False)
    with Kernel(limits) as kernel:
        kernel.run(GULP)
        killed = kernel.out_of_memory()
    what = "three processes that took too much were ended" if killed else "nothing was ended"
    return Finding(promise, killed, f"control groups, version {version}: {what}", required=False)
