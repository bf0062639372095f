"""Writes markup and terminal codes into its error message and its outputs.

Earns: 0
"""

# %%
from IPython.display import HTML, Javascript, display

display(HTML("<script>document.title = \"taken\"</script>"), Javascript("document.title = \"taken\""))

# %% exercise="rnn_step"
def rnn_step(x, h, V, W, b):
    raise ValueError("</pre><script>document.title = \"taken\"</script>\x1b[2J\x1b]0;taken\x07")
