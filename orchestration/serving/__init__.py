"""Databases that get every published generation, for tools that open no DuckDB file."""
