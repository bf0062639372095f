"""The CUDA engine: a cell's own equations as Triton kernels, one launch for a sequence where W fits on the chip."""

from rnncore.engines.cuda.engine import ENGINE, CudaCache, cuda_scan, cuda_scan_backward
from rnncore.engines.cuda.kernels import obstacle

__all__ = ["ENGINE", "CudaCache", "cuda_scan", "cuda_scan_backward", "obstacle"]
