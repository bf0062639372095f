"""The fork server. It runs inside bubblewrap, has imported what notebooks import, and forks a process for each one.

It never runs a student's code and holds no secret. A child makes its own namespaces, gives up all rights, and only
then serves: nothing that it does reaches the server, or the next child.

Run as a script by an isolated interpreter (`python -I`), so it imports nothing of this package but what the
sandbox shows. Arguments: a JSON object (what to import, what is forbidden, the folders to put first on the path),
and the number of the socket on which the grader asks for children.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import re
import socket
import sys
import tempfile
import weakref

__all__ = ["Forbidden", "main", "refuse_operators"]


def _only_asks():
    """Return whether this is a question of importlib.util.find_spec, and no import."""
    frame = sys._getframe(2)
    for _ in range(4):
        if frame is None:
            return False
        if frame.f_code.co_name == "find_spec" and frame.f_globals.get("__name__") == "importlib.util":
            return True
        frame = frame.f_back
    return False


class Forbidden:
    """A finder of modules that finds none, and says why. The packages are covered up besides."""

    def __init__(self, names):
        self.names = set(names)

    def find_spec(self, fullname, path=None, target=None):
        """Refuse a forbidden package by name; leave every other to the finders that follow.

        A library that only asks whether a package is there (importlib.util.find_spec) is not told off for it.
        """
        if fullname.partition(".")[0] in self.names and not _only_asks():
            raise ModuleNotFoundError(f"{fullname} is not to be used in this assignment", name=fullname)
        return None


def refuse_operators(names):
    """Make operators of torch raise, at the place that all roads to them lead to, and what torch has of them in Python.

    Nothing is left behind that could take it back: no object of Python's holds the registration.
    """
    names = [name.removeprefix("aten::") for name in names if name.startswith("aten::")]
    if not names or "torch" not in sys.modules:
        return
    torch = sys.modules["torch"]
    library = torch.library.Library("aten", "IMPL")
    for name in names:

        def refused(*args, name=name, **options):
            raise RuntimeError(f"torch's own {name} is not to be used in this assignment")

        for overload in getattr(torch.ops.aten, name).overloads():
            for key in ("CPU", "AutogradCPU", "CompositeImplicitAutograd"):
                library.impl(name if overload == "default" else f"{name}.{overload}", refused, key)
    _keep_for_ever(library)
    _refuse_decompositions(names)


def _keep_for_ever(library):
    """Let what a library registered hold until the process ends, though nobody can find the library any more."""
    for finalizer in list(vars(weakref.finalize)["_registry"]):
        if (found := finalizer.peek()) and found[0] is library:
            finalizer.detach()
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(library.m))
    library.m = None


def _refuse_decompositions(names):
    """Make the same networks raise where torch has them written in Python, for its compilers."""
    from torch._decomp import decomposition_table, decompositions

    def refused(*args, **options):
        raise RuntimeError("torch's own recurrent networks are not to be used in this assignment")

    for operator in list(decomposition_table):
        if {*str(operator).split(".")[1:2]} & {*names}:
            decomposition_table[operator] = refused
    for name, value in list(vars(decompositions).items()):
        if callable(value) and re.match(r"_?(?:one_layer_|mkldnn_one_layer_|select_one_layer_)?(?:rnn|gru|lstm)", name):
            setattr(decompositions, name, refused)
            if getattr(value, "__closure__", True) is None:  # whoever holds the function itself
                value.__code__ = refused.__code__


def main(argv):
    """Import, say that all is ready, then fork a child for each message, which comes with a socket."""
    plan, control = json.loads(argv[0]), socket.socket(fileno=int(argv[1]))
    sys.path[:0] = plan["path"]
    sys.meta_path.insert(0, Forbidden(plan["forbidden"]))
    sys.argv = [""]
    from inside import isolate  # this folder, whose parent is first on the path
    from inside.agent import Agent

    agent = Agent()
    for name in plan["preload"]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    refuse_operators(plan["forbidden"])
    gc.collect()
    gc.freeze()  # no collection in a child touches, and so copies, what all have in common
    control.send(b"?")
    while True:
        message, given, _, _ = socket.recv_fds(control, 1 << 16, 1)
        if not message:
            return
        _fork(json.loads(message), socket.socket(fileno=given[0]), control, agent, isolate)


def _fork(plan, channel, control, agent, isolate):
    between = os.fork()  # since a process that made a namespace can make no ordinary child any more
    if between:
        channel.close()
        os.waitpid(between, 0)
        return
    try:
        control.close()
        if plan["isolate"]:
            isolate.new_pid_namespace()
        if os.fork():
            os._exit(0)
        _child(plan, channel, agent, isolate)
    except BaseException as error:  # the grader is told, since nobody reads what a child writes
        with contextlib.suppress(OSError):
            channel.send(f"!{type(error).__name__}: {error}"[:500].encode())
    finally:
        os._exit(1)


def _child(plan, channel, agent, isolate):
    """Run the first process of the namespace, and under it the one in which the notebook runs."""
    os.setsid()
    channel.send(b"?")  # the system adds our process id as the grader sees it
    if channel.recv(1) != b"!":
        return
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # when memory is short, not the server
    home = plan["home"]
    if plan["isolate"]:
        isolate.private_mounts(plan["tmp"], home, plan["kept"])
    else:
        os.environ["HOME"] = os.environ["IPYTHONDIR"] = home = tempfile.mkdtemp(prefix="home-", dir=home)
    for file in (json.__file__, sys.modules["numpy"].__file__):
        if not os.path.exists(str(file)):  # else everybody's work would fail, through no fault of theirs
            raise FileNotFoundError(f"{file} cannot be seen from inside")
    isolate.confine(plan)
    os.chdir(home)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.close(nothing)
    child = os.fork()
    if child:
        channel.close()
        isolate.reap(child)
    channel.send(b"?")
    if channel.recv(1) == b"!":
        agent.serve(channel)


if __name__ == "__main__":
    main(sys.argv[1:])
