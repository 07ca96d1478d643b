"""The private DuckDB file: opening it, its tables, its damage, the space it needs."""
