"""Tests that need a CUDA device are deselected without one: hundreds of skips would hide those that say something."""


def pytest_collection_modifyitems(config, items):
    marked = {item for item in items if item.get_closest_marker("gpu")}
    if not marked:
        return
    import torch

    if not torch.cuda.is_available():
        config.hook.pytest_deselected(items=list(marked))
        items[:] = [item for item in items if item not in marked]
