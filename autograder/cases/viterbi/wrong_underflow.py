"""The probabilities are multiplied until they vanish: add logarithms, or rescale."""
import numpy as np


def viterbi(x, pi, A, B):
    score, back = pi * B[:, x[0]], []
    for word in x[1:]:
        ways = score[:, None] * A
        back.append(ways.argmax(axis=0))
        score = ways.max(axis=0) * B[:, word]
    path = [int(score.argmax())]
    for best in back[::-1]:
        path.append(int(best[path[-1]]))
    return np.array(path[::-1])
