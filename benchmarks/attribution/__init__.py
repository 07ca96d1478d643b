"""Attribution beside its peers; docs/benchmarks.md says what is counted."""
