"""Attribution compared with its peers; docs/benchmarks.md says what is measured."""
