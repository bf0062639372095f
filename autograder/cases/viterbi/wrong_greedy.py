"""The best tag is chosen at each place from the one before: a greedy walk."""

def viterbi(x, pi, A, B):
    path = [int((pi * B[:, x[0]]).argmax())]
    for word in x[1:]:
        path.append(int((A[path[-1]] * B[:, word]).argmax()))
    return np.array(path)
