"""Gives the gates an axis of their own."""

def unpack(V, W, b, order="ifgo"):
    H = b.size // 4
    parts = {"V": V.reshape(4, H, -1), "W": W.reshape(4, H, H), "b": b.reshape(4, H)}
    return {n + "_" + q: part[order.index(q)].copy() for n, part in parts.items() for q in "ogfi"}
