"""By the recursion of Rauch, Tung and Striebel on filtered probabilities."""

def hmm_posterior(x, pi, A, B):
    filtered, ahead = [], pi
    for w in x:
        f = ahead * B[:, w]
        filtered.append(f / f.sum())
        ahead = filtered[-1] @ A
    out = [filtered[-1]]
    for f in filtered[-2::-1]:
        predicted = f @ A
        ratio = np.divide(out[-1], predicted, out=np.zeros_like(predicted), where=predicted > 0)
        out.append(f * (A @ ratio))
    return np.array(out[::-1])
