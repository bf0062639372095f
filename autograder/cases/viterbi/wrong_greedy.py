"""The best tag is chosen at each place from the one before: a greedy walk."""

def viterbi(x, pi, A, B):
    path = [int((pi * B[:, x[0]]).argmax())]
    for word in x[1:]:
        path.append(int((A[path[-1]] * B[:, word]).argmax()))
    return np.array(path)
    score, back = np.log(pi) + np.log(B[:, x[0]]), []
    for word in x[1:]:
        ways = score[:, None] + np.log(A)
        back.append(ways.argmax(axis=0))
        score = ways.max(axis=0) + np.log(B[:, word])
    path = [int(score.argmax())]
    for best in back[::-1]:
        path.append(int(best[path[-1]]))
    return np.array(path[::-1])
