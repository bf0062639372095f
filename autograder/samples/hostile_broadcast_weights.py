"""Returns columns where rows belong: whoever subtracts them asks for terabytes.

Earns: 0
"""

# %% exercise="init_lstm"
def init_lstm(D, H, rng, forget_bias=1.0):
    shapes = {"V": (100_000, 1), "W": (100_000, 1), "b": (100_000, 1)}
    return {f"{name}_{q}": np.zeros(shape) for name, shape in shapes.items() for q in "if"}
