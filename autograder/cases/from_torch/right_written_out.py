"""Every slice by hand, float32."""

def from_torch(sd):
    H = sd["weight_hh_l0"].shape[1]
    x, h = sd["weight_ih_l0"].astype("float32"), sd["weight_hh_l0"].astype("float32")
    b = (sd["bias_ih_l0"] + sd["bias_hh_l0"]).astype("float32")
    return {
        "V_i": x[:H], "V_f": x[H : 2 * H], "V_g": x[2 * H : 3 * H], "V_o": x[3 * H :],
        "W_i": h[:H], "W_f": h[H : 2 * H], "W_g": h[2 * H : 3 * H], "W_o": h[3 * H :],
        "b_i": b[:H], "b_f": b[H : 2 * H], "b_g": b[2 * H : 3 * H], "b_o": b[3 * H :],
    }
