"""The demo company: one event generator and one HTTP renderer per vendor."""
