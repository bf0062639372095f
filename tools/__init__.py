"""Small programs that the Makefile, the commit hook and GitHub call."""
