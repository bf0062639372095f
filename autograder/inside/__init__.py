"""What runs in a student's process, and nothing else. The sandbox shows this folder as a whole, as `inside`.

Its files import the standard library, NumPy, IPython and one another (by relative imports, since the folder has two
names), and torch on request. Nothing that they say is believed by the judge."""
