"""By einsum, the weights one by one."""


def mgu_step_backward(dh_next, cache):
    x, h, P, f, n = cache
    dn = np.einsum("bi,bi,bi->bi", dh_next, f, 1 - n * n)
    ds = np.einsum("bi,ij->bj", dn, P["W_n"])
    df = (dh_next * (n - h) + ds * h) * (f - f * f)
    dP = {"V_f": np.einsum("bi,bj->ij", df, x), "V_n": np.einsum("bi,bj->ij", dn, x),
          "W_f": np.einsum("bi,bj->ij", df, h), "W_n": np.einsum("bi,bj,bj->ij", dn, f, h),
          "b_f": np.einsum("bi->i", df), "b_n": np.einsum("bi->i", dn)}
    dx = np.einsum("bi,ij->bj", df, P["V_f"]) + np.einsum("bi,ij->bj", dn, P["V_n"])
    return dx, dh_next - f * dh_next + f * ds + np.einsum("bi,ij->bj", df, P["W_f"]), dP
