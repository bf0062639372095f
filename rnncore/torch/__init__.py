"""The border to PyTorch: hand-derived backward passes as autograd functions and as modules.

Importing this package imports torch; `import rnncore` does not.

Second derivatives are not claimed: a second backward pass raises RuntimeError. Forward-mode derivatives, torch.func's
transforms (vmap, grad, jvp) and torch.jit.script raise errors too. Under torch.compile every call is a graph break:
what stands around it is compiled, it runs as ever, and fullgraph=True raises. Under torch.autocast it computes in
float32. Activation checkpointing (use_reentrant=False) gives the same gradients but frees no memory here.
"""

from rnncore.torch.convert import from_torch, to_torch
from rnncore.torch.function import differentiable, numpy_generator
from rnncore.torch.modules import GRU, LSTM, RNN
from rnncore.torch.wrap import Module

__all__ = ["GRU", "LSTM", "RNN", "Module", "differentiable", "from_torch", "numpy_generator", "to_torch"]
