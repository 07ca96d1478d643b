"""Reproducible measurements; docs/benchmarks.md says what they gave."""
