# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Assignment 3: exploding, vanishing, clipping, initialisation
#
# You measure what a recurrent network does to a gradient over many steps, then write the two clips and the two starts that training code calls by name.
#
# Sizes: T steps, B sequences, D inputs, H units. Time comes first. Use NumPy alone.

# %% given="imports"
import numpy as np

from autograder import check

# %% [markdown]
# ## 1. The Jacobian of every step
#
# For the tanh network, $h_t = \tanh(W h_{t-1} + V x_t + b)$,
#
# $$J_t = \frac{\partial h_t}{\partial h_{t-1}} = \operatorname{diag}\left(\tanh'(z_t)\right) W .$$
#
# You get the outputs $h_1 \ldots h_T$ and $W$; the slope of tanh can be had from its value.
#
# *Reread: "A product of Jacobians", equation jacobian-product.*


# %% exercise="jacobians"
def jacobians(hs, W):
    """J_t = d h_t / d h_{t-1} at every step, for every sequence.

    Equation: jacobian-product
    hs: (T, B, H), the outputs of a tanh network, W: (H, H).
    """
    ### BEGIN SOLUTION
    slope = 1 - hs**2
    return slope[..., None] * W
    ### END SOLUTION


# %% check="jacobians" points=2
check("jacobians", jacobians)

# %% [markdown]
# ## 2. Their product
#
# $$\frac{d h_t}{d h_s} = J_t J_{t-1} \cdots J_{s+1}, \qquad \frac{d h_t}{d h_t} = I .$$
#
# Steps count from 1, so $J_1$ is `J[0]`.
#
# *Reread: "A product of Jacobians", equation jacobian-product.*


# %% exercise="jac_product"
def jac_product(J, s, t):
    """The product J_t ... J_{s+1}.

    Equation: jacobian-product
    J: (T, B, H, H), 0 <= s <= t <= T.
    """
    ### BEGIN SOLUTION
    B, H = J.shape[1:3]
    product = np.stack([np.eye(H)] * B)
    for k in range(s, t):
        product = J[k] @ product
    return product
    ### END SOLUTION


# %% check="jac_product" points=3
check("jac_product", jac_product)

# %% [markdown]
# ## 3. The long run
#
# One sequence $x$ is read, from $h_0 = 0$. A small change $v$ of $h_0$ becomes $J_T \cdots J_1 v$. Its rate of growth is
#
# $$\lambda_T = \frac1T \ln \frac{\| J_T \cdots J_1 v \|}{\| v \|},$$
#
# and for long sequences this comes to the largest Lyapunov exponent.
# Your function must hold for thousands of steps, over which the product itself leaves the range of floating point numbers.
#
# *Reread: "Growth in the long run", equation lyapunov.*


# %% exercise="lyapunov"
def lyapunov(W, V, b, x, v):
    """The rate at which the tanh network lengthens the vector v, in nats per step.

    Equation: lyapunov
    W: (H, H), V: (H, D), b: (H,), x: (T, D), v: (H,), not zero.
    """
    ### BEGIN SOLUTION
    h, total = np.zeros(len(b)), 0.0
    v = v / np.linalg.norm(v)
    for x_t in x:
        h = np.tanh(W @ h + V @ x_t + b)
        v = (1 - h**2) * (W @ v)
        length = np.linalg.norm(v)
        total += np.log(length)
        v = v / length
    return total / len(x)
    ### END SOLUTION


# %% check="lyapunov" points=4
check("lyapunov", lyapunov)

# %% [markdown]
# ## 4. Clipping by the norm
#
# $$g \leftarrow \min\left(1, \frac{\text{thr}}{\|g\|}\right) g, \qquad \|g\| = \sqrt{\sum_p \sum_k g_{p,k}^2}$$
#
# The norm is that of all arrays together. At or below the threshold nothing changes, to the last bit.
# Return new arrays and leave the arguments alone. A gradient of zeros comes back as zeros, with norm 0.
# If an entry is NaN or infinite, raise `FloatingPointError`: scaling cannot mend it, and the training must hear of it.
#
# *Reread: "Clipping", equation clip-by-norm.*


# %% exercise="clip_by_norm"
def clip_by_norm(grads, thr):
    """Scale all gradients together so that their joint norm is at most thr.

    Equation: clip-by-norm
    grads: a dict of arrays, thr > 0.
    """
    ### BEGIN SOLUTION
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    if not np.isfinite(norm):
        raise FloatingPointError("a gradient is NaN or infinite")
    scale = thr / norm if norm > thr else 1.0
    return {name: g * scale for name, g in grads.items()}, norm
    ### END SOLUTION


# %% check="clip_by_norm" points=4
check("clip_by_norm", clip_by_norm)

# %% [markdown]
# ## 5. Clipping by value
#
# $$g_k \leftarrow \max(-c, \min(c, g_k))$$
#
# Return new arrays and leave the arguments alone.
#
# *Reread: "Clipping", equation clip-by-value.*


# %% exercise="clip_by_value"
def clip_by_value(grads, c):
    """Limit every entry to the range from -c to c.

    Equation: clip-by-value
    grads: a dict of arrays, c > 0.
    """
    ### BEGIN SOLUTION
    return {name: np.clip(g, -c, c) for name, g in grads.items()}
    ### END SOLUTION


# %% check="clip_by_value" points=2
check("clip_by_value", clip_by_value)

# %% [markdown]
# ## 6. An orthogonal matrix, drawn evenly
#
# $$A = QR, \quad A_{jk} \sim \mathcal N(0, 1), \qquad W = \text{gain} \cdot Q \operatorname{diag}(\operatorname{sign} R_{kk})$$
#
# A tall matrix gets orthonormal columns, a wide one orthonormal rows, both times the gain. Each such matrix must be as likely as any other. All random numbers must come from `rng`.
#
# *Reread: "Initialisation", equation haar.*


# %% exercise="orthogonal"
def orthogonal(shape, rng, gain=1.0):
    """A random matrix with orthonormal columns, or rows if it has more columns than rows, times gain.

    Equation: haar
    shape: (rows, columns), rng: a numpy.random.Generator.
    """
    ### BEGIN SOLUTION
    rows, columns = shape
    A = rng.normal(size=(max(rows, columns), min(rows, columns)))
    Q, R = np.linalg.qr(A)
    Q = Q * np.sign(np.diag(R))
    return gain * (Q if rows >= columns else Q.T)
    ### END SOLUTION


# %% check="orthogonal" points=3
check("orthogonal", orthogonal)

# %% [markdown]
# ## 7. And for gates
#
# $$W = \begin{pmatrix} W_1 \\ \vdots \\ W_G \end{pmatrix}, \qquad W_q^\top W_q = I \quad \text{for each } q .$$
#
# G is `n_gates`. Each block is drawn as evenly as in exercise 6, and all random numbers come from `rng`.
#
# *Reread: "Initialisation", equation gated-orthogonal.*


# %% exercise="gated_orthogonal"
def gated_orthogonal(H, n_gates, rng):
    """The recurrent matrix of a gated cell, each gate's block orthogonal by itself and drawn anew.

    Equation: gated-orthogonal
    rng: a numpy.random.Generator.
    """
    ### BEGIN SOLUTION
    blocks = []
    for _ in range(n_gates):
        Q, R = np.linalg.qr(rng.normal(size=(H, H)))
        blocks.append(Q * np.sign(np.diag(R)))
    return np.concatenate(blocks)
    ### END SOLUTION


# %% check="gated_orthogonal" points=2
check("gated_orthogonal", gated_orthogonal)
