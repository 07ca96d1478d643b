"""Reads files dropped by people and lands them as canonical records."""
