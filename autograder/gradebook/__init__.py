"""The gradebook: marks in nbgrader's tables, what is on record beside them, and what lateness costs."""
