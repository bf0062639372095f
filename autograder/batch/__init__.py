"""The batch: which submissions are graded, in which processes, and what is kept of each."""
