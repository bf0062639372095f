"""By halves, the later half times the earlier one, from an array of all Jacobians."""


def jac_product(hs, W, s, t):
    J = np.einsum("tbi,ij->tbij", 1 - hs * hs, W)

    def part(a, b):
        if a == b:
            return np.zeros(J.shape[1:]) + np.eye(J.shape[-1])
        if b == a + 1:
            return J[a].copy()
        middle = (a + b) // 2
        return part(middle, b) @ part(a, middle)

    return part(s, t)
