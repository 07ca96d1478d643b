"""The published file: making a generation, keeping the last ones, and reading it."""
