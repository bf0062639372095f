"""np.split, a dict comprehension for each letter."""

def from_torch(sd):
    both = {"V": sd["weight_ih_l0"], "W": sd["weight_hh_l0"], "b": np.add(sd["bias_hh_l0"], sd["bias_ih_l0"])}
    return {f"{name}_{gate}": block for name, stacked in both.items() for gate, block in zip("ifgo", np.split(stacked, 4))}
