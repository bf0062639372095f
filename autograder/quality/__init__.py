"""How good the grader is: mutants, known answers, a sample class, and whether the sandbox holds on this machine."""
