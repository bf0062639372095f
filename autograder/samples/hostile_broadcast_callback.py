"""Calls the function that it was given with a column where a row belongs, to have others ask for terabytes.

Earns: 0
"""

# %% exercise="gradcheck"
def gradcheck(f, backward, x, dout, eps):
    try:
        f(np.zeros((450_000, 1)) + x.ravel()[:1])
    except Exception:
        pass
    return float(np.abs(backward(x, np.zeros((450_000, 1)))).max())
