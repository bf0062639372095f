"""The best tag so far is written at each place, without walking back."""

def viterbi(x, pi, A, B):
    score, back = np.log(pi) + np.log(B[:, x[0]]), []
    for word in x[1:]:
        ways = score[:, None] + np.log(A)
        back.append(ways.argmax(axis=0))
        score = ways.max(axis=0) + np.log(B[:, word])
    forward, s = [], np.log(pi) + np.log(B[:, x[0]])
    forward.append(int(s.argmax()))
    for word in x[1:]:
        s = (s[:, None] + np.log(A)).max(axis=0) + np.log(B[:, word])
        forward.append(int(s.argmax()))
    return np.array(forward)
