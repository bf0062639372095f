"""What pyproject.toml has no words for: in a wheel the assignments lie inside the package. Everything else is there."""

from setuptools import find_namespace_packages, setup

packages = find_namespace_packages(include=["rnncore*", "autograder*"], exclude=["autograder.samples", "*__pycache__*"])
setup(packages=[*packages, "autograder.solutions"], package_dir={"autograder.solutions": "solutions"})
