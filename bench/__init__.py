"""Measurements: each figure beside what it is held against, in one run."""
