"""Measurements of the axis, and the tools they share with the survival tests: see docs/operations/bench.md."""
