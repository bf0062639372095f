"""First thing that runs inside the sandbox: set the limits, give up root, become the kernel.

Run as a script by an isolated interpreter (`python -I`), so it imports nothing of this package.
Arguments: a JSON object with the limits, the user id to become (or null), and the folders to put first on the path;
then the arguments of the kernel.
"""

import json
import os
import resource
import sys

__all__ = ["Forbidden", "main"]


class Forbidden:
    """A finder of modules that finds none, and says why. The packages are covered up besides."""

    def __init__(self, names):
        self.names = set(names)

    def find_spec(self, fullname, path=None, target=None):
        """Refuse a forbidden package by name; leave every other to the finders that follow."""
        if fullname.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"{fullname} is not to be used in this assignment", name=fullname)
        return None


def main(argv):
    """Set everything that cannot be taken back, then start ipykernel in this very process."""
    plan = json.loads(argv[0])
    for name, value in plan["limits"].items():
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))
    if plan["uid"] is not None:
        os.setgroups([])
        os.setresgid(plan["uid"], plan["uid"], plan["uid"])
        os.setresuid(plan["uid"], plan["uid"], plan["uid"])
    os.umask(0o077)
    os.chdir(plan["home"])
    sys.path[:0] = plan["path"]
    sys.meta_path.insert(0, Forbidden(plan["forbidden"]))
    sys.argv = ["ipykernel", *argv[1:]]
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()


if __name__ == "__main__":
    main(sys.argv[1:])
