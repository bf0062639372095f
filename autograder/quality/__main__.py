"""`python -m autograder.quality`: count every verdict anew. With `variants` as its first word: try variants alone."""

import sys

from autograder.quality import counts, variants

if __name__ == "__main__":
    sys.exit(variants.main(sys.argv[2:]) if sys.argv[1:2] == ["variants"] else counts.main())
