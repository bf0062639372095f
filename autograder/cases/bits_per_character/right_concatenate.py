"""All pieces as one."""

def bits_per_character(nlls, ids, others):
    nll, k = np.concatenate(nlls), np.concatenate(ids)
    return (nll.sum() + np.count_nonzero(k == 0) * np.log(others)) / (nll.size * np.log(2))
