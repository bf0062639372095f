"""By halves: the later half times the earlier one."""

def jac_product(J, s, t):
    if s == t:
        return np.zeros(J.shape[1:]) + np.eye(J.shape[-1])
    if t == s + 1:
        return J[s].copy()
    middle = (s + t) // 2
    return jac_product(J, middle, t) @ jac_product(J, s, middle)
