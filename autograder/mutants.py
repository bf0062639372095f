"""`python -m autograder.mutants`, as it was called before `autograder.quality` had a room of its own."""

import sys

from autograder.quality.mutants import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
