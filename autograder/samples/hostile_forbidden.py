"""Uses torch where it is forbidden, by every road it can think of.

Earns: 0
"""

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    import importlib.util
    import subprocess
    import sys
    from pathlib import Path

    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "Forbidden"]
    try:
        import torch

        z = torch.tensor(x) @ torch.tensor(V).T + torch.tensor(h) @ torch.tensor(W).T + torch.tensor(b)
        return torch.tanh(z).numpy(), None
    except Exception:
        pass
    for folder in sys.path:
        for found in Path(folder or ".").glob("torch/__init__.py"):
            spec = importlib.util.spec_from_file_location("torch", found)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module.tanh(module.tensor(x @ V.T + h @ W.T + b)).numpy(), None
    out = subprocess.run([sys.executable, "-c", "import torch; print(torch.ones(1))"], capture_output=True)
    raise RuntimeError(out.stderr.decode()[-200:])
