"""The published file: writing a generation, keeping the last ones, and reading it."""
