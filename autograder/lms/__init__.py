"""Learning management systems: submissions come from them, and marks go back to them."""
