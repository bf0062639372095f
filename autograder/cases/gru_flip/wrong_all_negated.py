"""Every weight has changed its sign. r and the candidate mean the same in both conventions."""


def gru_flip(P):
    return {key: -a for key, a in P.items()}
