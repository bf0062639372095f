"""Tasks: one runnable experiment each; `python -m rnncore.tasks.NAME`."""
