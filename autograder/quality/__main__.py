"""`python -m autograder.quality`: count every verdict anew."""

import sys

from autograder.quality.counts import main

if __name__ == "__main__":
    sys.exit(main())
