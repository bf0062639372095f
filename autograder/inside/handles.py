"""What stands here for an object in the other process. This file also runs in the student's process."""

__all__ = ["Handle", "RemoteDict", "RemoteList", "RemoteTuple"]


class RemoteDict(dict):
    """A dict whose original is in the other process: handed back, it is the original."""

    handle: str | None = None


class Handle:
    """Stands for an object in the other process. It can be handed back, and nothing else."""

    def __init__(self, id, kind="object"):
        self.id, self.kind = id, kind

    def __repr__(self):
        return f"<a {self.kind} in the student's process>"


class RemoteTuple(tuple):
    """A tuple whose original is in the other process: handed back, it is the original."""

    handle: str | None = None


class RemoteList(list):
    """A list whose original is in the other process: handed back, it is the original."""

    handle: str | None = None
