"""Sums and counts, piece by piece."""
import math



def bits_per_character(nlls, ids, others):
    total = count = 0
    for piece, symbols in zip(nlls, ids):
        total = total + float(np.sum(piece)) + math.log(others) * int(np.sum(symbols == 0))
        count += len(piece)
    return total / count / math.log(2)
