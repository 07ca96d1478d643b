"""Generates the demo company: one module per part, called in order by ``generator``."""
