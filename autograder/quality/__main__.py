"""`python -m autograder.quality`: count every verdict anew.

With `variants` as its first word: right answers in natural variants. With `trainings`: how well model solutions learn.
"""

import sys

from autograder.quality import counts, trainings, variants

COMMANDS = {"variants": variants.main, "trainings": trainings.main}

if __name__ == "__main__":
    command = COMMANDS.get(sys.argv[1] if len(sys.argv) > 1 else "")
    sys.exit(command(sys.argv[2:]) if command else counts.main())
