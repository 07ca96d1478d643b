"""Everything that Dagster sees, one folder per concern."""
