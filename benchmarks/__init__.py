"""Reproducible measurements; docs/benchmarks.md holds the results."""
