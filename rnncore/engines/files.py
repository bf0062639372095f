"""Generated kernels as files and modules: compilers keep their machine code beside a file, or ask for its source."""

from __future__ import annotations

import getpass
import hashlib
import importlib.util
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import pooch

__all__ = ["kernel_folder", "module_of"]


def kernel_folder() -> Path:
    """Return where kernels are kept: RNNCORE_KERNELS, or a folder in the user's cache."""
    return Path(os.environ.get("RNNCORE_KERNELS") or Path(pooch.os_cache("rnncore")) / "kernels")


def module_of(name: str, text: str, beside: str = "") -> ModuleType:
    """Return the module with this text, from a file whose name ends with a hash of the text and of what it uses,
    `beside`.
    """
    key = hashlib.sha256((text + beside).encode()).hexdigest()[:16]
    return _imported(_written(f"{name}_{key}", text))


def _written(name: str, text: str) -> Path:
    """Return the file with this text, written in one piece, or in a folder of its own where the cache cannot be
    written.
    """
    for folder in (kernel_folder(), Path(tempfile.gettempdir()) / f"rnncore-kernels-{getpass.getuser()}"):
        path = folder / f"{name}.py"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
                continue  # what lies there is run, so it must not be another user's
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                with tempfile.NamedTemporaryFile(
                    "w", dir=folder, suffix=".tmp", delete=False, encoding="utf-8"
                ) as file:
                    file.write(text)
                os.replace(file.name, path)
            return path
        except OSError:
            continue
    raise OSError(f"kernels: found no folder to write to, expected {kernel_folder()}; set RNNCORE_KERNELS")


def _imported(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"rnncore_kernels.{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
