"""Reads the files that people drop and lands them as canonical records."""
