"""Character by character, in bits from the start."""
import math


def bits_per_character(nlls, ids, others):
    bits = [
        float(p) / math.log(2) + (math.log2(others) if k == 0 else 0.0)
        for piece, symbols in zip(nlls, ids)
        for p, k in zip(piece, symbols)
    ]
    return math.fsum(bits) / len(bits)
