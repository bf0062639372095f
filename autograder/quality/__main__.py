"""`python -m autograder.quality`: count every verdict anew; `trainings`: how well model solutions learn."""

import sys

from autograder.quality import counts, trainings

if __name__ == "__main__":
    if sys.argv[1:2] == ["trainings"]:
        sys.exit(trainings.main(sys.argv[2:]))
    sys.exit(counts.main())
