"""`python -m rnncore`: what this machine has for rnncore, see `rnncore.doctor`."""

import rnncore

if __name__ == "__main__":
    rnncore.doctor()
