"""First all states, then all Jacobians, then the vector."""

def lyapunov(W, V, b, x, v):
    hs = [np.zeros(len(b))]
    for x_t in x:
        hs.append(np.tanh(W @ hs[-1] + V @ x_t + b))
    Js = [np.diag(1 - h**2) @ W for h in hs[1:]]
    logs, v = [], v / np.linalg.norm(v)
    for J in Js:
        v = J @ v
        logs.append(np.log(np.linalg.norm(v)))
        v = v / np.linalg.norm(v)
    return float(sum(logs)) / len(logs)
