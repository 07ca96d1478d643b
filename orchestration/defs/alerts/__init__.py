"""Sensors that report failed runs and stale data."""
