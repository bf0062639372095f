"""Deletes every assert, and every call of check, with an AST transformer.

Earns: 0
"""

# %%
import ast

from IPython import get_ipython


class Drop(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()

    def visit_Expr(self, node):
        return ast.Pass() if "check" in ast.dump(node) else node


get_ipython().ast_transformers.append(Drop())

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    h_next = np.tanh(x @ V.T + h @ W + b)
    return h_next, (x, h, h_next)
