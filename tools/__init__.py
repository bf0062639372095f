"""Hold the small programs that the Makefile calls."""
