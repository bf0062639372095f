"""The best tag is taken at each place. The best sequence is another question."""

def viterbi(x, pi, A, B):
    alpha, beta = [pi * B[:, x[0]]], [np.ones(len(pi))]
    for w in x[1:]:
        alpha.append((alpha[-1] / alpha[-1].sum()) @ A * B[:, w])
    for w in x[:0:-1]:
        beta.append(A @ (B[:, w] * beta[-1] / beta[-1].sum()))
    return (np.array(alpha) * np.array(beta[::-1])).argmax(axis=1)
