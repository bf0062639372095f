"""The sandbox: what it promises is tried from inside, and without it grading refuses."""

import ast
import dataclasses
import os
import struct
import tempfile
from pathlib import Path

import numpy as np
import pytest
from nbformat import v4

from autograder.judge import grade_notebook
from autograder.judge.kernel import InfrastructureError, Kernel
from autograder.quality import sandbox_doctor
from autograder.quality.sandbox_doctor import LIMITS, PROBES, probe
from autograder.sandbox import Limits, bubblewrap, cgroup, processor, seccomp
from autograder.sandbox.forkserver import SandboxMissing
from autograder.sandbox.memory import resident

PATIENT = dataclasses.replace(LIMITS, start=600, cell=300, total=3000)
TOGETHER = ("all processes together cannot take more memory than said", "what lies in sockets counts as memory")
needs_sandbox = pytest.mark.skipif(bubblewrap.available() is None, reason="bubblewrap is not installed")


@pytest.fixture(scope="module")
def findings():
    return {finding.promise: finding for finding in probe(PATIENT)}


@pytest.mark.sandbox
@needs_sandbox
@pytest.mark.parametrize("promise", [*PROBES, *TOGETHER])
def test_the_sandbox_keeps_its_promise(findings, promise):
    assert findings[promise].holds is True, findings[promise].detail


@pytest.mark.sandbox
@needs_sandbox
def test_the_doctor_says_what_does_not_hold(monkeypatch):
    monkeypatch.setattr(seccomp, "program", lambda **options: None)
    monkeypatch.setattr(bubblewrap, "SECRET_PACKAGES", ())
    limits = Limits(start=600, cell=300, total=3000, processes=400)
    found = {finding.promise: finding.holds for finding in probe(limits)}
    assert found["the number of processes is limited"] is False
    assert found["the size of one file is limited"] is False
    assert found["no network"] is True


def test_the_doctor_names_what_falls_without_control_groups(monkeypatch):
    monkeypatch.setattr(cgroup, "shares", lambda: False)
    equal, told = sandbox_doctor._fair()
    assert (equal.holds, equal.required, told.required) == (False, False, False) and "neighbour" in equal.detail


@pytest.mark.parametrize(
    ("seconds", "waited", "spent", "counted"),
    [
        (10, 0, 10, 10),  # it worked
        (10, 0, 0, 10),  # it slept
        (10, 9, 1, 1),  # a neighbour worked
        (10, 200, 10, 10),  # fifty processes of its own stood in each other's way
        (10, 200, 40, 10),  # on four cores
        (10, 5, 2, 5),  # a neighbour worked, and it slept
        (10, 99, 0, 0),
    ],
)
def test_a_notebooks_clock_stands_still_while_a_neighbour_has_its_processor(
    monkeypatch, seconds, waited, spent, counted
):
    now = {"time": 1000.0, "waited": 0.0, "spent": 3.0}
    monkeypatch.setattr(processor.time, "monotonic", lambda: now["time"])
    monkeypatch.setattr(processor, "waited", lambda pids: now["waited"])
    monkeypatch.setattr(processor, "spent", lambda pids: now["spent"])
    clock, short = processor.Clock(room=100), processor.Clock(room=2)
    for each in (clock, short):
        each.look()
    began = clock.now()
    now.update(time=1000.0 + seconds, waited=waited, spent=3.0 + spent)
    for each in (clock, short):
        each.look()
    assert clock.now() - began == pytest.approx(counted)
    assert short.now() - began == pytest.approx(max(counted, seconds - 2))


def test_the_system_tells_of_a_process_what_the_clock_needs():
    assert processor.spent([os.getpid()]) > 0 and processor.spent([2**22 + 1]) == 0
    assert processor.waited([os.getpid(), 2**22 + 1]) >= 0


@pytest.mark.sandbox
@needs_sandbox
def test_no_process_of_a_notebook_escapes_the_count_by_losing_its_parent():
    orphan = """
import os, time
if os.fork() == 0:
    if os.fork() == 0:
        block = bytearray(b"x") * (300 << 20)
        time.sleep(1000)
    os._exit(0)
os.wait(); time.sleep(1000)
"""
    with Kernel(Limits(start=600, cell=300, total=3000, resident=200 << 20, memory=1 << 30)) as kernel:
        kernel.run(orphan)
        assert kernel.stopped and kernel.stopped.reason == "memory"


@pytest.mark.sandbox
@needs_sandbox
def test_a_kernel_that_is_left_is_gone():
    with Kernel(Limits()) as kernel:
        pid = kernel.pid
        assert resident(pid) > 5 << 20
        assert (
            kernel.run("import numpy; numpy.ones(3) @ numpy.ones(3)").outputs[0].data["text/plain"] == "np.float64(3.0)"
        )
        assert kernel.run("input()").error == "EOFError"
    assert resident(pid) == 0


def test_without_bubblewrap_grading_refuses(monkeypatch):
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    with pytest.raises(SandboxMissing, match="unsafe=True"), Kernel(Limits()):
        pass
    assert probe()[0].holds is False


def test_unsafe_goes_on_without_bubblewrap_and_says_so(monkeypatch):
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    source = v4.new_notebook(cells=[v4.new_code_cell("import autograder\nprint(autograder.check('x'), 1 + 1)")])
    graded = grade_notebook(None, source, 0, unsafe=True)
    assert not graded.sandboxed
    assert graded.notebook.cells[0].outputs[0].text == "None 2\n"


@pytest.mark.parametrize("name", ["cell", "total", "memory", "processes"])
def test_limits_are_above_zero(name):
    with pytest.raises(ValueError, match=f"{name}: got 0"):
        dataclasses.replace(Limits(), **{name: 0})


def run_filter(program, machine_number, number, argument=0):
    """Return what the filter answers to one system call, by following its few instructions."""
    data = struct.pack("=IIQQ", number, machine_number, 0, argument)
    lines = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
    at = value = 0
    while True:
        code, yes, no, k = lines[at]
        if code == 0x06:
            return k
        if code == 0x20:
            value = struct.unpack_from("=I", data, k)[0]
            at += 1
            continue
        test = {0x15: value == k, 0x35: value >= k, 0x45: bool(value & k)}[code]
        at += 1 + (yes if test else no)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_refuses_what_it_lists_and_nothing_else(machine):
    arch, clone, start, refused = seccomp.MACHINES[machine]
    program = seccomp.program(machine)
    assert program and len(program) % 8 == 0
    for number in range(600):
        answer = run_filter(program, arch, number)
        if number in refused + seccomp.NEW_CALLS:
            assert answer == 0x00050001
        elif number == seccomp.CLONE3:
            assert answer == 0x00050026
        else:
            assert answer == 0x7FFF0000
    alone = seccomp.program(machine, programs=False)
    assert alone and all(run_filter(alone, arch, number) == 0x00050001 for number in start)
    assert run_filter(program, arch, clone, 0x10000000) == 0x00050001
    assert run_filter(program, arch, clone, 0x00010F00) == 0x7FFF0000
    assert run_filter(program, arch ^ 1, 1) == 0x00050001
    assert run_filter(program, arch, 0x40000001) == 0x00050001
    assert seccomp.program("pdp11") is None


@pytest.mark.sandbox
@needs_sandbox
def test_who_is_not_root_gets_the_same_from_a_user_namespace(monkeypatch):
    monkeypatch.setattr(bubblewrap.os, "geteuid", lambda: 1000)
    with Kernel(Limits(), cold=True) as kernel:
        look = (
            "import os; print(sorted(p for p in os.listdir('/proc') if p.isdigit()), open('/proc/self/status').read())"
        )
        (out,) = kernel.run(look).outputs
    assert out.text.startswith("['1', '2']")
    assert "CapEff:\t0000000000000000" in out.text and "CapBnd:\t0000000000000000" in out.text


@pytest.mark.sandbox
@needs_sandbox
def test_nothing_goes_from_one_notebook_to_the_next():
    leave = """
import builtins, os, random, sys
import numpy as np
builtins.left = sys.left = np.left = 5
open("/tmp/left", "w").write("x"); open("/dev/shm/left", "w").write("x"); os.environ["LEFT"] = "x"
if os.fork() == 0:
    import time; time.sleep(100)
"""
    look = """
import builtins, os, random, sys
import numpy as np
found = [hasattr(each, "left") for each in (builtins, sys, np)]
found += [os.path.exists("/tmp/left"), os.path.exists("/dev/shm/left"), "LEFT" in os.environ]
print(any(found), len([p for p in os.listdir("/proc") if p.isdigit()]), random.random(), np.random.rand())
"""
    with Kernel(Limits()) as first:
        before = first.run(look).outputs[0].text
        assert first.run(leave).error is None
    with Kernel(Limits()) as second:
        after = second.run(look).outputs[0].text
    assert before == after and before.startswith("False 2 ")


@pytest.mark.sandbox
@needs_sandbox
def test_a_fork_server_that_died_is_replaced():
    from autograder.sandbox.forkserver import warm

    server = warm(Limits())
    server._process.kill()
    with Kernel(Limits()) as kernel:
        assert kernel.run("print(1)").outputs[0].text == "1\n"
    assert warm(Limits()) is not server


@pytest.mark.sandbox
@needs_sandbox
def test_outputs_are_those_of_a_notebook():
    with Kernel(Limits()) as kernel:
        ran = kernel.run("import sys\nprint('a'); print('b', file=sys.stderr); display('c'); print('d')\n'e'")
        assert [(out.get("name"), out.get("text")) for out in ran.outputs if out.output_type == "stream"] == [
            ("stdout", "a\n"),
            ("stderr", "b\n"),
            ("stdout", "d\n"),
        ]
        assert [out.data["text/plain"] for out in ran.outputs if "data" in out] == ["'c'", "'e'"]
        assert kernel.run("%time 1 + 1\n!echo shell").outputs[-1].text.strip().endswith("shell")
        failed = kernel.run("def f():\n    return 1 / 0\nf()")
        assert failed.error == "ZeroDivisionError" and "division" in failed.outputs[0].evalue
        assert "return 1 / 0" in "".join(failed.outputs[0].traceback)
        assert kernel.run("async def g(): return 7\nprint(await g(), _)").outputs[0].text == "7 e\n"
        assert kernel.run("raise SystemExit").error == "SystemExit" and kernel.stopped is None


@pytest.mark.sandbox
@needs_sandbox
@pytest.mark.skipif(not cgroup.places()[1], reason="no control group may be made here")
def test_the_system_itself_stops_too_much_memory_and_the_next_notebook_has_all_of_it_again():
    greedy = "import os\nif os.fork() == 0: x = bytearray(b'x') * (400 << 20); os._exit(0)\nprint(os.wait()[1])"
    limits = Limits(resident=200 << 20, memory=2 << 30)
    for _ in range(2):
        with Kernel(limits) as kernel:
            outputs = kernel.run(greedy).outputs
            assert kernel.out_of_memory()
            assert (kernel.stopped is not None and kernel.stopped.reason == "memory") or outputs[0].text == "9\n"
    with Kernel(limits) as kernel:
        assert kernel.run("x = bytearray(b'x') * (120 << 20); print(len(x) >> 20)").outputs[0].text == "120\n"
        assert not kernel.out_of_memory()


def test_a_group_that_is_left_is_taken_away(tmp_path):
    from autograder.sandbox.forkserver import ForkServer

    if bubblewrap.available() is None or not cgroup.places()[1]:
        pytest.skip("no control group may be made here")
    server = ForkServer(Limits())
    assert server._group
    folders = server._group.folders
    assert all(folder.is_dir() for folder in folders)
    server.close()
    assert not any(folder.exists() for folder in folders)


@pytest.mark.sandbox
@needs_sandbox
def test_python_may_lie_below_tmp(monkeypatch):
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        (Path(folder) / "there").write_text("yes")
        Path(folder).chmod(0o755)
        paths = [*bubblewrap._prefixes(), folder]
        monkeypatch.setattr(bubblewrap, "_prefixes", lambda: paths)
        with Kernel(Limits(), cold=True) as kernel:
            assert kernel.run(f"print(open('{folder}/there').read())").outputs[0].text == "yes\n"
            assert kernel.run(f"open('{folder}/there', 'w')").error in ("OSError", "PermissionError")
            assert kernel.run("open('/tmp/mine', 'w')").error is None


@pytest.mark.sandbox
@needs_sandbox
def test_packages_of_the_python_below_the_environment_are_covered_as_well(monkeypatch):
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        site = Path(folder) / "lib" / "site-packages"
        for package in ("autograder", "rnncore", "torch", "harmless", "rnn_course-9.dist-info"):
            (site / package).mkdir(parents=True)
            (site / package / "answers.py").write_text("seen")
        for each in (Path(folder), *Path(folder).rglob("*")):
            each.chmod(0o755)
        paths = [*bubblewrap._prefixes(), folder]
        monkeypatch.setattr(bubblewrap, "_prefixes", lambda: paths)
        monkeypatch.syspath_prepend(str(site))
        monkeypatch.syspath_prepend("/somewhere/else/site-packages")
        with Kernel(Limits(), cold=True) as kernel:
            look = f"import pathlib; print([p.parent.name for p in pathlib.Path('{site}').glob('*/answers.py')])"
            assert kernel.run(look).outputs[0].text == "['harmless']\n"
        with Kernel(Limits(forbidden=()), cold=True) as kernel:
            assert "torch" in kernel.run(look).outputs[0].text


@pytest.mark.sandbox
@needs_sandbox
def test_a_sandbox_without_its_packages_is_a_fault_of_ours_and_no_verdict(monkeypatch):
    true = bubblewrap.child_plan
    folder = str(Path(np.__file__).parents[1])
    monkeypatch.setattr(bubblewrap, "child_plan", lambda *args: {**true(*args), "home": folder, "kept": ["/nowhere"]})
    with pytest.raises(InfrastructureError), Kernel(Limits(), cold=True):
        pass


@pytest.mark.sandbox
@needs_sandbox
def test_a_notebook_holds_one_line_to_the_outside_and_sees_none_of_the_servers():
    look = "import os; print({fd: os.readlink(f'/proc/self/fd/{fd}') for fd in os.listdir('/proc/self/fd')[:-1]})"
    with Kernel(Limits()) as kernel:
        seen = ast.literal_eval(kernel.run(look).outputs[0].text)
        assert [seen.pop(fd) for fd in "012"] == ["/dev/null"] * 3
        assert len(seen) == 1 and next(iter(seen.values())).startswith("socket:")
        assert kernel.run("open('/proc/1/mem', 'wb')").error in ("OSError", "PermissionError")
        assert kernel.run("import os; os.kill(1, 9)").error is None and kernel.run("1").error is None
