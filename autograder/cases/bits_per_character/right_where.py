"""With where, and the mean at the end."""

def bits_per_character(nlls, ids, others):
    k = np.hstack(ids)
    return float(np.mean(np.hstack(nlls) + np.where(k == 0, np.log(others), 0.0)) * np.log2(np.e))
