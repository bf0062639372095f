"""The CPU engine: a cell's own equations compiled by numba, in loops with few buffers."""

from rnncore.engines.cpu.engine import CpuCache, cpu_scan, cpu_scan_backward
from rnncore.engines.cpu.generate import generate
from rnncore.engines.cpu.threads import set_threads, threads

__all__ = ["CpuCache", "cpu_scan", "cpu_scan_backward", "generate", "set_threads", "threads"]
