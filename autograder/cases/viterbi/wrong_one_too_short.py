"""The last tag is missing."""
import numpy as np


def viterbi(x, pi, A, B):
    score, back = np.log(pi) + np.log(B[:, x[0]]), []
    for word in x[1:]:
        ways = score[:, None] + np.log(A)
        back.append(ways.argmax(axis=0))
        score = ways.max(axis=0) + np.log(B[:, word])
    path = [int(score.argmax())]
    for best in back[::-1]:
        path.append(int(best[path[-1]]))
    return np.array(path[:0:-1])
