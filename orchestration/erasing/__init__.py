"""Erases people from everything that a home holds, and proves it."""
