"""Turns a declared stream into immutable slices in landing."""
