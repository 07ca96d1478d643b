"""The DuckDB file: connection, loading, quarantine, ledger and publishing."""
