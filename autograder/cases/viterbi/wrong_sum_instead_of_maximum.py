"""A sum stands in the place of the maximum: that is the forward algorithm."""
import numpy as np


def viterbi(x, pi, A, B):
    score, back = np.log(pi) + np.log(B[:, x[0]]), []
    for word in x[1:]:
        ways = score[:, None] + np.log(A)
        back.append(ways.argmax(axis=0))
        score = np.logaddexp.reduce(ways, axis=0) + np.log(B[:, word])
    path = [int(score.argmax())]
    for best in back[::-1]:
        path.append(int(best[path[-1]]))
    return np.array(path[::-1])
