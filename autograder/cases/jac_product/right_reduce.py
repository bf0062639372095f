"""By a fold."""
from functools import reduce


def jac_product(J, s, t):
    one = np.broadcast_to(np.eye(J.shape[-1]), J.shape[1:]).copy()
    return reduce(lambda product, Jk: np.matmul(Jk, product), J[s:t], one)
