"""The CPU engine: a cell's own equations compiled by numba, in loops with few buffers."""

from rnncore.engines.cpu.compiled import obstacle
from rnncore.engines.cpu.engine import CpuCache, cpu_scan, cpu_scan_backward
from rnncore.engines.cpu.generate import generate
from rnncore.engines.cpu.step import CpuStep, Product
from rnncore.engines.cpu.threads import set_threads, threads
from rnncore.engines.record import Engine

__all__ = ["ENGINE", "CpuCache", "cpu_scan", "cpu_scan_backward", "generate", "set_threads", "threads"]

ENGINE = Engine("cpu", obstacle, cpu_scan, cpu_scan_backward, (CpuStep, Product))
