"""From the end: the best rest after each tag, then forward."""

def viterbi(x, pi, A, B):
    lA, lB = np.log(A), np.log(B)
    rest = [np.zeros(len(pi))]
    for w in x[:0:-1]:
        rest.append((lA + lB[:, w] + rest[-1]).max(axis=1))
    rest = rest[::-1]
    path = [int((np.log(pi) + lB[:, x[0]] + rest[0]).argmax())]
    for t in range(1, len(x)):
        path.append(int((lA[path[-1]] + lB[:, x[t]] + rest[t]).argmax()))
    return np.array(path)
